-- A recipient that is a distribution list; the runner expands it.
alter table mail.recipient add column list_id bigint;

-- How far the expansion of one recipient has come: members here by account, then addresses outside.
create table mail.list_run (
  recipient_id  bigint primary key,
  after_account bigint not null default 0,
  after_address text not null default '',
  members       int not null default 0,
  outside       int not null default 0,
  started_at    timestamptz not null
);

-- Messages to a list that wait for a moderator; the recipient's row waits with them.
create table mail.list_held (
  held_id      bigint generated always as identity primary key,
  list_id      bigint not null,
  recipient_id bigint not null unique,
  ref          text not null,
  sender       text not null,
  author       text not null,
  subject      text not null,
  preview      text not null,
  size_bytes   bigint not null,
  state        text not null check (state in ('held', 'released', 'rejected')),
  reason       text,
  decided_by   bigint,
  created_at   timestamptz not null,
  decided_at   timestamptz
);
create index list_held_waiting on mail.list_held (list_id, held_id) where state = 'held';
