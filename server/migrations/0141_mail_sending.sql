-- What an account has sent by the hour; rows older than a day are swept.
create table mail.send_count (
  account_id bigint not null,
  hour       timestamptz not null,
  messages   int not null,
  recipients int not null,
  -- Recipients asked for, those of refused messages too.
  attempted  bigint not null,
  primary key (account_id, hour)
) with (fillfactor = 70);
create index send_count_hour on mail.send_count (hour);
-- Accounts that may not send until an administrator lets them.
create table mail.send_lock (
  account_id bigint primary key,
  -- As it was then; only for the list.
  address    text not null,
  recipients bigint not null,
  locked_at  timestamptz not null
);
