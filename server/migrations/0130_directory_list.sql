-- Distribution lists (ADM-5).
create table directory.list (
  id bigint generated always as identity primary key,
  domain text not null references directory.domain,
  local text not null,
  name text not null,
  description text not null default '',
  pinyin text not null,
  name_order text not null,
  initials text not null,
  -- Who may send: moderators and owners always may.
  senders text not null check (senders in ('anybody', 'institution', 'members', 'chosen')),
  -- Whose messages wait for a moderator: nobody's, those of non-members, everybody's.
  moderation text not null check (moderation in ('none', 'outsiders', 'all')),
  listed boolean not null,
  disabled boolean not null default false,
  leavable boolean not null,
  subject_prefix text not null,
  reply_to text not null check (reply_to in ('sender', 'list')),
  -- A From whose domain forbids re-sending (DMARC) becomes the list's own: never, when the list changes the message, always.
  rewrite_from text not null check (rewrite_from in ('never', 'changed', 'always')),
  -- The sender gets no copy of his own message.
  skip_sender boolean not null,
  -- Failures after which an outside address gets nothing more.
  bounce_limit int not null check (bounce_limit between 1 and 100),
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index list_local on directory.list (domain, local);
create index list_order on directory.list (name_order collate "C", id);

-- Who or what stands on a list, in which part. 'left': somebody who unsubscribed and whom a unit or a nested list would name again.
create table directory.list_entry (
  id bigint generated always as identity primary key,
  list_id bigint not null references directory.list on delete cascade,
  role text not null check (role in ('member', 'sender', 'moderator', 'owner', 'left')),
  account_id bigint references directory.account on delete cascade,
  unit_id bigint references directory.unit on delete cascade,
  child_id bigint references directory.list on delete cascade,
  -- Outside addresses, lower case.
  address text,
  bounces int not null default 0,
  bounced_at timestamptz,
  suspended_at timestamptz,
  created_at timestamptz not null,
  check (num_nonnulls(account_id, unit_id, child_id, address) = 1),
  constraint list_entry_once unique nulls not distinct (list_id, role, account_id, unit_id, child_id, address)
);
create index list_entry_account on directory.list_entry (account_id) where account_id is not null;
create index list_entry_unit on directory.list_entry (unit_id) where unit_id is not null;
create index list_entry_child on directory.list_entry (child_id) where child_id is not null;

-- Lists stand in the one name space of their domain.
alter table directory.address drop constraint address_kind_check;
alter table directory.address alter account_id drop not null;
alter table directory.address add column list_id bigint references directory.list on delete cascade;
alter table directory.address add constraint address_kind_check check (
  case kind when 'list' then list_id is not null and account_id is null
            when 'account' then account_id is not null and list_id is null
            when 'alias' then account_id is not null and list_id is null
            else false end);
create index address_list on directory.address (list_id) where list_id is not null;

-- Who gets what nobody else has; whose addresses a domain has.
alter table directory.domain add column catch_all_id bigint references directory.account on delete set null;
alter table directory.domain add column alias_of text references directory.domain;
alter table directory.domain add constraint domain_alias_check check (alias_of is null or (not is_primary and catch_all_id is null and alias_of <> name));

create trigger signal_change after insert or update or delete on directory.list
  for each statement execute function directory.signal_change();
