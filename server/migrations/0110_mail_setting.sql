-- Settings of the mail service, one row a section; what is absent is the section's default (contract/src/mail-settings.ts).
create table mail.setting (
  key        text primary key,
  value      jsonb not null,
  changed_at timestamptz not null
);
