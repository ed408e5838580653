-- The message that made this one: a forward, an automatic reply, a list copy, a bounce. Its ref.
alter table mail.transfer add column cause text;
create index transfer_cause on mail.transfer (cause) where cause is not null;
create index transfer_session on mail.transfer (session_id) where session_id is not null;
-- What an administrator looks for first: what did not arrive.
create index recipient_trouble on mail.recipient (state, recipient_id desc) where state in ('waiting', 'failed', 'expired');

-- Search index of the message log: bit slices over subject and addresses, as for mail.search_block.
create table mail.log_block (
  block_id     bigint generated always as identity primary key,
  -- Transfer of each column, in order.
  transfer_ids bigint[] not null,
  slices       bytea not null
);
alter table mail.log_block alter slices set storage external;
alter table mail.log_block alter transfer_ids set storage external;
create table mail.log_cursor (
  only_one    boolean primary key default true check (only_one),
  created_at  timestamptz not null,
  transfer_id bigint not null
);
create index transfer_order on mail.transfer (created_at, transfer_id);
drop index mail.transfer_created;
