-- MTA-STS policies of other domains (RFC 8461), kept for their max_age.
create table mail.sts_policy (
  domain     text primary key,
  -- `id` of the TXT record that the policy was fetched for.
  record_id  text not null,
  policy     text not null,
  fetched_at timestamptz not null,
  expires_at timestamptz not null
);
-- Destinations that could not be talked to: until then nothing is tried, also after a restart.
create table mail.destination (
  name       text primary key,
  failures   int not null,
  until      timestamptz not null,
  last_error text not null,
  last_at    timestamptz not null
);
create index recipient_remote on mail.recipient (domain, next_at) where state = 'waiting' and account_id is null;
