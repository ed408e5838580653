-- What we have seen of a domain's mail, until it is reported (RFC 7489 §7.2).
create table mail.dmarc_seen (
  day      date not null,
  -- Where the policy was published.
  domain   text not null,
  -- SHA-256 of everything below but the count.
  key      bytea not null,
  record   text not null,
  -- One DmarcObservation (mail/checks/authenticate.ts).
  observed jsonb not null,
  count    bigint not null,
  primary key (day, domain, key)
);

-- Reports that others have sent about our domains.
create table mail.dmarc_report (
  report_id     bigint generated always as identity primary key,
  organisation  text not null,
  contact       text not null,
  external_id   text not null,
  domain        text not null,
  policy        text not null,
  begin_at      timestamptz not null,
  end_at        timestamptz not null,
  -- The reporter's mail passed SPF or DKIM.
  authenticated boolean not null,
  received_at   timestamptz not null,
  unique (organisation, domain, external_id)
);
create index dmarc_report_begin on mail.dmarc_report (begin_at);
create table mail.dmarc_row (
  report_id   bigint not null references mail.dmarc_report on delete cascade,
  source      text not null,
  count       bigint not null,
  disposition text not null,
  dkim        boolean not null,
  spf         boolean not null,
  header_from text not null
);
create index dmarc_row_report on mail.dmarc_row (report_id);
