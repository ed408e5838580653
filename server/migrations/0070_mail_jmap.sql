-- Files that a person has uploaded and may put into a mail (RFC 8620 §6.1); forgotten after some time.
create table mail.upload (
  account_id  bigint not null references mail.account on delete cascade,
  hash        bytea not null,
  -- Octets.
  size        bigint not null,
  uploaded_at timestamptz not null,
  primary key (account_id, hash)
);
create index upload_at on mail.upload (uploaded_at);

-- What a person has sent through JMAP (RFC 8621 §7). The queue knows what became of it, under `ref`.
create sequence mail.submission_seq;
create table mail.submission (
  account_id    bigint not null references mail.account on delete cascade,
  submission_id bigint not null default nextval('mail.submission_seq'),
  -- Ascends with every change: JMAP's state.
  seq           bigint not null,
  identity_id   text not null,
  message_id    bigint not null,
  thread_id     bigint not null,
  -- {mailFrom, rcptTo} as JMAP tells them.
  envelope      jsonb not null,
  send_at       timestamptz not null,
  ref           text not null,
  canceled      boolean not null default false,
  created_at    timestamptz not null,
  primary key (account_id, submission_id)
);
create index submission_changes on mail.submission (account_id, seq);
