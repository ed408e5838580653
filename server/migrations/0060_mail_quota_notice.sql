-- What people have been told of their full mailboxes: once a level, and anew after it had become emptier.
create table mail.quota_notice (
  account_id bigint primary key,
  -- Per cent of the quota: 80 or 95.
  level      int not null,
  told_at    timestamptz not null
);
