-- A search within some days looks at the blocks of these days only. The index is built anew, which takes minutes at most.
delete from mail.log_block;
delete from mail.log_cursor;
alter table mail.log_block add column first_at timestamptz not null;
alter table mail.log_block add column last_at timestamptz not null;
