-- Greylisting: who (network, sender, recipient) came when. `passed_at` set = let through, until it has not come for long.
create table mail.greylist (
  network   text not null,
  sender    text not null,
  recipient text not null,
  first_at  timestamptz not null,
  last_at   timestamptz not null,
  passed_at timestamptz,
  primary key (network, sender, recipient)
);
create index greylist_last on mail.greylist (last_at);
