create schema hall;

create table hall.service (
  key text primary key,
  name text not null,
  pinyin text not null,
  initials text not null,
  initial text not null,
  summary text not null,
  icon text not null,
  unit_id bigint not null references directory.unit,
  theme text not null,
  track text not null,
  audience text[] not null,
  guide text not null,
  conditions jsonb not null,
  materials jsonb not null,
  contacts jsonb not null,
  declaration text not null,
  working_days int not null,
  link text,
  -- A tile of the 系统直通车 rather than a service of ours.
  is_system boolean not null default false,
  position int not null,
  visits bigint not null default 0
);

-- A form belongs to one version of the process; running cases keep theirs.
create table hall.service_version (
  service_key text not null references hall.service,
  version int not null,
  definition_id uuid not null references workflow.definition,
  form jsonb not null,
  -- Per workflow node: what may be seen and written.
  rights jsonb not null,
  title text not null,
  created_at timestamptz not null,
  primary key (service_key, version)
);

create table hall.favourite (
  account_id bigint not null references directory.account on delete cascade,
  service_key text not null references hall.service,
  created_at timestamptz not null,
  primary key (account_id, service_key)
);

create table hall.last_visit (
  account_id bigint not null references directory.account on delete cascade,
  service_key text not null references hall.service,
  at timestamptz not null,
  primary key (account_id, service_key)
);

create table hall.daily_views (
  day date primary key,
  views bigint not null
);

create table hall.draft (
  account_id bigint not null references directory.account on delete cascade,
  service_key text not null references hall.service,
  values jsonb not null,
  saved_at timestamptz not null,
  primary key (account_id, service_key)
);

create table hall.application (
  id uuid primary key,
  number text not null unique,
  service_key text not null,
  version int not null,
  applicant_id bigint not null references directory.account,
  -- The same press of the button twice is one case.
  request_key text not null,
  title text not null,
  values jsonb not null,
  status text not null check (status in ('running', 'returned', 'approved', 'rejected', 'withdrawn')),
  results jsonb not null default '[]',
  submitted_at timestamptz not null,
  due_at timestamptz not null,
  ended_at timestamptz,
  foreign key (service_key, version) references hall.service_version,
  unique (applicant_id, request_key)
);
create index application_applicant on hall.application (applicant_id, submitted_at desc, id desc);
create index application_service on hall.application (service_key, submitted_at desc);
create index application_status on hall.application (status);

create table hall.number (
  day date primary key,
  last int not null
);

create table hall.attachment (
  id uuid primary key,
  owner_id bigint not null references directory.account,
  application_id uuid references hall.application,
  name text not null,
  media_type text not null,
  size bigint not null,
  blob text not null,
  created_at timestamptz not null
);
create index attachment_application on hall.attachment (application_id);
