-- Mail that was accepted but is held: one row a recipient, so that each decides for himself. The body stays while a row
-- refers to it (store/sweep.store.ts).
create table mail.quarantine (
  quarantine_id bigint generated always as identity primary key,
  -- Number of the 250 answer.
  ref           text not null,
  account_id    bigint not null,
  shared        boolean not null,
  address       text not null,
  sender        text not null,
  author        text not null,
  subject       text not null,
  reason        text not null check (reason in ('spam', 'virus')),
  detail        text not null,
  body_hash     bytea not null,
  size_bytes    bigint not null,
  -- Fields of our checks, put before the body when it is released.
  header        bytea not null,
  authenticated boolean not null,
  smtputf8      boolean not null,
  remote        text,
  helo          text,
  held_at       timestamptz not null,
  expires_at    timestamptz not null,
  state         text not null default 'held' check (state in ('held', 'released', 'deleted')),
  done_at       timestamptz,
  digested_at   timestamptz
);
create index quarantine_held on mail.quarantine (quarantine_id) where state = 'held';
create index quarantine_digest on mail.quarantine (account_id) where state = 'held' and digested_at is null;
create index quarantine_expires on mail.quarantine (expires_at);
create index quarantine_body on mail.quarantine (body_hash);
