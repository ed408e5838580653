create schema audit;

-- Inserted unchained in the business transaction; one sealer chains them soon after (seq, hash).
create table audit.entry (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor_id bigint not null,
  actor text not null,
  address text not null,
  action text not null,
  target text not null,
  -- The unit that the target lies in, so that a unit administrator reads only his own.
  unit_id bigint,
  before jsonb,
  after jsonb,
  seq bigint unique,
  hash bytea
);
create index entry_unsealed on audit.entry (id) where seq is null;
create index entry_at on audit.entry (at desc, id desc);
