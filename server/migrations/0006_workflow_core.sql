create schema workflow;

create table workflow.definition (
  id uuid primary key,
  key text not null,
  version int not null,
  tree jsonb not null,
  created_at timestamptz not null,
  unique (key, version)
);

create table workflow.instance (
  id uuid primary key,
  definition_id uuid not null references workflow.definition,
  initiator_id bigint not null,
  status text not null check (status in ('running', 'returned', 'approved', 'rejected', 'withdrawn')),
  -- Values that conditions and approver rules look at; never a secret.
  facts jsonb not null,
  title text not null,
  -- Where 'straight back to me' leads once a returned step is done again.
  resume jsonb,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index instance_initiator on workflow.instance (initiator_id, created_at desc);

create table workflow.visit (
  id uuid primary key,
  instance_id uuid not null references workflow.instance on delete cascade,
  seq int not null,
  node text not null,
  round int not null,
  state text not null check (state in ('open', 'passed', 'rejected', 'returned', 'cancelled', 'failed', 'skipped')),
  note text,
  entered_at timestamptz not null,
  left_at timestamptz,
  unique (instance_id, seq)
);
create index visit_open on workflow.visit (instance_id) where state in ('open', 'failed');

create table workflow.task (
  id uuid primary key,
  instance_id uuid not null references workflow.instance on delete cascade,
  visit_id uuid not null references workflow.visit on delete cascade,
  node text not null,
  kind text not null check (kind in ('approve', 'handle', 'cc', 'edit')),
  assignee_id bigint not null,
  state text not null check (state in ('open', 'done', 'cancelled')),
  action text,
  comment text,
  created_at timestamptz not null,
  read_at timestamptz,
  done_at timestamptz
);
create index task_instance on workflow.task (instance_id);
create index task_todo on workflow.task (assignee_id, created_at desc, id desc) where state = 'open' and kind <> 'cc';
create index task_done on workflow.task (assignee_id, done_at desc, id desc) where state = 'done' and kind <> 'cc';
create index task_cc on workflow.task (assignee_id, created_at desc, id desc) where kind = 'cc';

create table workflow.log (
  instance_id uuid not null references workflow.instance on delete cascade,
  seq int not null,
  at timestamptz not null,
  actor_id bigint not null,
  action text not null,
  node text,
  comment text,
  primary key (instance_id, seq)
);

-- Automatic steps: one row a visit, so that running twice is seen.
create table workflow.action (
  visit_id uuid primary key references workflow.visit on delete cascade,
  instance_id uuid not null references workflow.instance on delete cascade,
  node text not null,
  action text not null,
  params jsonb not null,
  state text not null check (state in ('pending', 'done', 'failed', 'skipped')),
  attempts int not null default 0,
  error text,
  updated_at timestamptz not null
);
create index action_failed on workflow.action (updated_at desc) where state = 'failed';
