-- Long text is kept compressed, and compared by us; `body_text` is empty then.
alter table mail.body add column packed_text bytea;
alter table mail.body alter packed_text set storage external;

-- A search index of bit slices: a column per piece of text, a slice per n-gram hash. A search reads a few slices and
-- verifies what has all its bits. Messages after the cursor are not in it yet and are read directly.
create table mail.search_block (
  account_id  bigint not null,
  block_id    bigint generated always as identity,
  -- Message of each column, in order.
  message_ids bigint[] not null,
  -- Slices of equal length, one after another.
  slices      bytea not null,
  primary key (account_id, block_id)
);
alter table mail.search_block alter slices set storage external;
alter table mail.search_block alter message_ids set storage external;

create table mail.search_cursor (
  account_id bigint primary key,
  -- The last message (by created_modseq, message_id) that a block holds.
  modseq     bigint not null,
  message_id bigint not null
);
create index message_created on mail.message (account_id, created_modseq, message_id);
