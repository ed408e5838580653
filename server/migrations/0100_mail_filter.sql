-- Sieve scripts of an account; one of them may be active (RFC 5804).
create sequence mail.sieve_script_id;
create table mail.sieve_script (
  account_id bigint not null,
  script_id  bigint not null default nextval('mail.sieve_script_id'),
  name       text not null,
  content    text not null,
  active     boolean not null default false,
  changed_at timestamptz not null,
  primary key (account_id, script_id)
);
create unique index sieve_script_name on mail.sieve_script (account_id, name);
create unique index sieve_script_active on mail.sieve_script (account_id) where active;

-- What somebody has set on the settings pages: vacation, forwarding, block list, filters. They run before the active script.
create table mail.personal_rules (
  account_id bigint primary key,
  rules      jsonb not null,
  -- Something of it is switched on.
  active     boolean not null,
  version    bigint not null,
  changed_at timestamptz not null
);

-- State strings of JMAP: ascends with every change of an account's scripts.
create table mail.sieve_state (
  account_id bigint primary key,
  state      bigint not null
);

-- Who has had which automatic reply, and until when he gets none again (RFC 5230 §4.2).
create table mail.vacation_sent (
  account_id bigint not null,
  key        bytea not null,
  sent_at    timestamptz not null,
  expires_at timestamptz not null,
  primary key (account_id, key)
);
create index vacation_sent_expires on mail.vacation_sent (expires_at);

-- What `duplicate` has seen (RFC 7352).
create table mail.duplicate_seen (
  account_id bigint not null,
  key        bytea not null,
  expires_at timestamptz not null,
  primary key (account_id, key)
);
create index duplicate_seen_expires on mail.duplicate_seen (expires_at);

-- When an account was last told that its rules go wrong: once a day at most.
create table mail.filter_trouble (
  account_id bigint primary key,
  told_at    timestamptz not null
);

-- Exceptions from the institution's rule about forwarding outside (ADM-4.11).
create table mail.forwarding_right (
  account_id bigint primary key,
  outside    boolean not null
);
