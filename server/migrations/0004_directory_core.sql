create schema directory;

create table directory.institution (
  only_row boolean primary key default true check (only_row),
  name text not null,
  introduction text not null default '',
  help_desk text not null default '',
  news jsonb not null default '[]',
  created_at timestamptz not null
);

create table directory.domain (
  name text primary key,
  is_primary boolean not null,
  created_at timestamptz not null
);
create unique index domain_primary on directory.domain (is_primary) where is_primary;

create table directory.unit (
  id bigint generated always as identity primary key,
  parent_id bigint references directory.unit,
  name text not null,
  position int not null,
  -- From the root to itself: 'below' is one index look-up.
  ancestors bigint[] not null,
  path text not null,
  pinyin text not null,
  initials text not null,
  level text,
  head_id bigint,
  -- 默认部门: last among the first level, holds whoever has no unit.
  is_default boolean not null default false,
  created_at timestamptz not null,
  constraint unit_name_once unique nulls not distinct (parent_id, name),
  constraint unit_position_once unique nulls not distinct (parent_id, position) deferrable initially deferred
);
create unique index unit_default on directory.unit (is_default) where is_default;
create index unit_ancestors on directory.unit using gin (ancestors);

create table directory.account (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('person', 'unit')),
  local text not null,
  domain text not null references directory.domain,
  name text not null,
  pinyin text not null,
  initials text not null,
  number text unique,
  person_kind text not null default 'other' check (person_kind in ('staff', 'student', 'other')),
  unit_id bigint not null references directory.unit,
  post text,
  disabled boolean not null default false,
  expires_at timestamptz,
  deleted_at timestamptz,
  listed boolean not null default true,
  quota_bytes bigint not null,
  allow_web boolean not null default true,
  allow_imap boolean not null default true,
  allow_pop3 boolean not null default true,
  allow_smtp boolean not null default true,
  office_phone text,
  mobile text,
  bound_phone bytea,
  bound_phone_index bytea unique,
  national_id bytea,
  national_id_index bytea unique,
  locale text,
  theme text not null default 'system',
  time_zone text not null default 'Asia/Shanghai',
  -- Raised by every change that must end live sessions.
  auth_version int not null default 1,
  -- Gone for good: the row stays for history, its name is free.
  purged_at timestamptz,
  created_at timestamptz not null
);
create unique index account_local on directory.account (domain, local) where purged_at is null;
create index account_unit on directory.account (unit_id);
create index account_name on directory.account (name collate "zh-x-icu", id);
create index account_address on directory.account (local, id);
create index account_pinyin on directory.account (pinyin text_pattern_ops);

alter table directory.unit add constraint unit_head foreign key (head_id) references directory.account on delete set null;

-- One name space per domain: accounts, aliases, lists, reserved names. A purged account's name is free again.
create table directory.address (
  domain text not null references directory.domain,
  local text not null,
  kind text not null check (kind in ('account', 'alias')),
  account_id bigint not null references directory.account on delete cascade,
  created_at timestamptz not null,
  primary key (domain, local)
);
create index address_account on directory.address (account_id);

create table directory.administrator (
  account_id bigint primary key references directory.account on delete cascade,
  tier text not null check (tier in ('super', 'company', 'unit')),
  unit_id bigint references directory.unit,
  created_at timestamptz not null,
  check ((tier = 'unit') = (unit_id is not null))
);
create unique index administrator_super on directory.administrator (tier) where tier = 'super';
create index administrator_unit on directory.administrator (unit_id);

create table directory.unit_mailbox (
  account_id bigint primary key references directory.account on delete cascade,
  owner_id bigint not null references directory.account,
  -- What made it, e.g. the application and row: the same key never makes two.
  origin text unique,
  created_at timestamptz not null
);
create index unit_mailbox_owner on directory.unit_mailbox (owner_id);

create table directory.unit_mailbox_member (
  mailbox_id bigint not null references directory.unit_mailbox on delete cascade,
  account_id bigint not null references directory.account on delete cascade,
  can_send boolean not null default true,
  primary key (mailbox_id, account_id)
);
create index unit_mailbox_member_account on directory.unit_mailbox_member (account_id);
