-- One row: what this database is. Read before anything else at start.
create table kit.instance (
  only_row boolean primary key default true check (only_row),
  sample boolean not null,
  created_at timestamptz not null
);
