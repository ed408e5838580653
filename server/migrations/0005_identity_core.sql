create schema identity;

create table identity.credential (
  account_id bigint primary key references directory.account on delete cascade,
  hash text not null,
  -- Opens IMAP, POP3 and SMTP only: the initial password of a unit mailbox.
  client_only boolean not null default false,
  must_change boolean not null default false,
  changed_at timestamptz not null
);

create table identity.password_history (
  account_id bigint not null references directory.account on delete cascade,
  hash text not null,
  created_at timestamptz not null
);
create index password_history_account on identity.password_history (account_id, created_at desc);

create table identity.session (
  id uuid primary key,
  token_hash bytea not null unique,
  account_id bigint not null references directory.account on delete cascade,
  auth_version int not null,
  device text not null,
  address text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_account on identity.session (account_id, seen_at desc);

-- Failures by what is to be limited: account:12, address:203.0.113.9.
create table identity.failure (
  key text primary key,
  count int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  locked_until timestamptz
);

create table identity.captcha (
  id uuid primary key,
  answer bytea not null,
  expires_at timestamptz not null
);

create table identity.sign_in (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  at timestamptz not null,
  protocol text not null,
  address text not null,
  device text not null,
  ok boolean not null
);
create index sign_in_account on identity.sign_in (account_id, at desc);

-- Secrets that people typed into a form: hashed on arrival, referred to by id from then on.
create table identity.form_secret (
  id uuid primary key,
  case_id uuid not null,
  hash text not null,
  created_at timestamptz not null
);
create index form_secret_case on identity.form_secret (case_id);
