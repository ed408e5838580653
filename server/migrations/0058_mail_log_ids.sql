-- Ids of a block as 8 octets each: a search decodes the few that it hit.
drop table mail.log_block;
delete from mail.log_cursor;
create table mail.log_block (
  block_id     bigint generated always as identity primary key,
  first_id     bigint not null,
  last_id      bigint not null,
  transfer_ids bytea not null,
  slices       bytea not null
);
alter table mail.log_block alter slices set storage external;
alter table mail.log_block alter transfer_ids set storage external;
