-- DKIM keys. A new one is published first (planned), signs once it is seen in DNS (active), and stays published for a
-- while after its successor took over (retiring), so that mail under way can still be verified.
create table mail.dkim_key (
  key_id      bigint generated always as identity primary key,
  domain      text not null,
  selector    text not null,
  algorithm   text not null check (algorithm in ('rsa', 'ed25519')),
  state       text not null check (state in ('planned', 'active', 'retiring', 'retired')),
  -- PKCS#8 PEM, sealed; emptied when the key is retired.
  private_key bytea not null,
  -- Value of the p= tag.
  public_key  text not null,
  created_at  timestamptz not null,
  state_at    timestamptz not null,
  unique (domain, selector)
);
create unique index dkim_key_active on mail.dkim_key (domain, algorithm) where state = 'active';
