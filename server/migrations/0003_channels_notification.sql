create schema channels;

-- One thing said to one person. The key makes saying it twice the same as once.
create table channels.notification (
  id uuid primary key,
  account_id bigint not null,
  key text not null,
  kind text not null,
  title text not null,
  body text not null,
  link text,
  created_at timestamptz not null,
  unique (account_id, key)
);

-- What became of it on each channel.
create table channels.delivery (
  notification_id uuid not null references channels.notification on delete cascade,
  channel text not null,
  account_id bigint not null,
  state text not null check (state in ('queued', 'accepted', 'delivered', 'read', 'failed', 'unknown')),
  reason text,
  attempts int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (notification_id, channel)
);
create index delivery_inbox on channels.delivery (account_id, created_at desc, notification_id desc) where channel = 'in_app';
create index delivery_unread on channels.delivery (account_id) where channel = 'in_app' and state <> 'read';

-- One-time codes and other texts that went to a phone; the text itself stays with the provider.
create table channels.sms (
  id uuid primary key,
  key text unique,
  phone_index bytea not null,
  template text not null,
  provider text not null,
  state text not null,
  reason text,
  created_at timestamptz not null
);
create index sms_phone on channels.sms (phone_index, created_at desc);
