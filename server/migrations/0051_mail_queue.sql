-- Everything accepted for delivery: one transfer per accepted message, one recipient row per RCPT.
-- Finished rows stay as the message log until they are swept.
create table mail.transfer (
  transfer_id bigint generated always as identity primary key,
  -- The number in our 250 answer and in the Received field; ties the session, the log and the trace.
  ref         text not null unique,
  origin      text not null check (origin in ('mx', 'submission', 'system', 'bounce')),
  -- Envelope sender; empty for bounces.
  sender      text not null,
  -- The account that submitted it.
  account_id  bigint,
  body_hash   bytea not null,
  size_bytes  bigint not null,
  smtputf8    boolean not null default false,
  eight_bit   boolean not null default false,
  -- DSN parameters of MAIL (RFC 3461).
  ret         text check (ret in ('FULL', 'HDRS')),
  envid       text,
  rfc_id      text,
  subject     text not null default '',
  session_id  text,
  remote      text,
  helo        text,
  tls         text,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  -- Idempotency key of system mail.
  key         text unique
);
create index transfer_created on mail.transfer (created_at);
create index transfer_account on mail.transfer (account_id, created_at) where account_id is not null;
create index transfer_body on mail.transfer (body_hash);

create sequence mail.recipient_id increment by 64;
create table mail.recipient (
  recipient_id bigint primary key,
  transfer_id  bigint not null references mail.transfer on delete cascade,
  address      text not null,
  -- Where it goes: an account here, or a domain elsewhere.
  account_id   bigint,
  domain       text not null,
  orcpt        text,
  -- DSN NOTIFY (RFC 3461 §4.1): null = FAILURE,DELAY; 'NEVER' or a list.
  notify       text,
  state        text not null default 'waiting'
    check (state in ('waiting', 'delivered', 'relayed', 'failed', 'expired', 'cancelled')),
  attempts     int not null default 0,
  -- When it is due; a claim moves it ahead, so a crashed runner's work comes back by itself.
  next_at      timestamptz not null,
  -- Last answer: enhanced status code and text.
  status       text,
  reply        text,
  remote       text,
  finished_at  timestamptz,
  delay_told   boolean not null default false
) with (fillfactor = 80);
create index recipient_transfer on mail.recipient (transfer_id);
create index recipient_due on mail.recipient (next_at) where state = 'waiting';
create index recipient_address on mail.recipient (address, recipient_id desc);
create index recipient_account on mail.recipient (account_id, recipient_id desc) where account_id is not null;

-- Trace: what happened to a recipient (or to a refused command) and when.
create table mail.trace (
  trace_id     bigint generated always as identity primary key,
  at           timestamptz not null,
  session_id   text,
  transfer_id  bigint,
  recipient_id bigint,
  sender       text,
  address      text,
  event        text not null,
  status       text,
  detail       text
);
create index trace_transfer on mail.trace (transfer_id) where transfer_id is not null;
create index trace_at on mail.trace (at);
create index trace_address on mail.trace (address, at) where address is not null;
