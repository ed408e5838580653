-- Mail store: body (bytes, content-addressed) → message (immutable, of one account) → entry (one per UID).
-- Every table is keyed by account first, so that it can be hash-partitioned; only bodies are shared.
create schema mail;

-- One row per account that has mail. Its row lock orders everything that happens to the account:
-- `update … set modseq = modseq + 1` comes first in every transaction that changes mail.
create table mail.account (
  account_id    bigint primary key,
  -- A unit mailbox: "seen" belongs to each reader, every other flag is shared.
  shared        boolean not null default false,
  modseq        bigint not null default 1,
  -- Changes up to and including this modseq have been compacted away.
  low_modseq    bigint not null default 0,
  used_bytes    bigint not null default 0,
  used_messages bigint not null default 0,
  -- Ascends with every mailbox made or renamed away, so no (path, uidvalidity) comes twice.
  uidvalidity   bigint not null,
  created_at    timestamptz not null
);

create sequence mail.mailbox_id;
create table mail.mailbox (
  account_id     bigint not null references mail.account on delete cascade,
  mailbox_id     bigint not null default nextval('mail.mailbox_id'),
  parent_id      bigint,
  -- Whole path, '/' between levels, UTF-8; the top-level inbox is INBOX.
  path           text not null,
  role           text check (role in ('inbox', 'drafts', 'sent', 'junk', 'trash', 'archive')),
  subscribed     boolean not null default true,
  sort_order     int not null default 0,
  uidvalidity    bigint not null,
  uidnext        bigint not null default 1,
  highest_modseq bigint not null,
  -- Tombstones up to and including this modseq have been swept.
  low_modseq     bigint not null default 0,
  total          bigint not null default 0,
  unseen         bigint not null default 0,
  deleted        bigint not null default 0,
  size_bytes     bigint not null default 0,
  created_modseq bigint not null,
  created_at     timestamptz not null,
  primary key (account_id, mailbox_id)
) with (fillfactor = 60);
create unique index mailbox_path on mail.mailbox (account_id, path);
create unique index mailbox_role on mail.mailbox (account_id, role) where role is not null;

-- What one reader of a shared account has of his own in a mailbox.
create table mail.reader (
  account_id bigint not null,
  mailbox_id bigint not null,
  reader_id  bigint not null,
  seen       bigint not null default 0,
  subscribed boolean,
  primary key (account_id, mailbox_id, reader_id),
  foreign key (account_id, mailbox_id) references mail.mailbox on delete cascade
) with (fillfactor = 60);

-- Bytes as they were received, and everything that is a function of these bytes alone.
create table mail.body (
  hash        bytea primary key,
  size_bytes  bigint not null,
  header_size bigint not null,
  -- The whole body when it is small, else null and the bytes are in the blob store.
  data        bytea,
  -- The header block of a body that is not in `data`, cut at 64 KiB.
  header      bytea,
  -- Folded (NFKC, lower case, decoded): one line per header field, `name: value`.
  header_text text not null default '',
  -- Folded decoded text of the text parts; incomplete when the message holds more than the store keeps.
  body_text   text not null default '',
  complete    boolean not null default true,
  -- Last time somebody referred to it: a sweeper leaves young ones alone.
  touched_at  timestamptz not null
);
alter table mail.body alter column data set storage external;

create sequence mail.message_id increment by 64;
create table mail.message (
  account_id     bigint not null references mail.account on delete cascade,
  message_id     bigint not null,
  thread_id      bigint not null,
  body_hash      bytea not null,
  -- Put before the body on reading: Return-Path, Delivered-To, later Authentication-Results.
  prefix         bytea not null default '',
  -- What RFC822.SIZE, JMAP size and POP3 octets say: prefix and body.
  size_bytes     bigint not null,
  header_size    bigint not null,
  received_at    timestamptz not null,
  sent_at        timestamptz,
  rfc_id         text,
  subject        text not null default '',
  base_subject   text not null default '',
  from_fold      text not null default '',
  to_fold        text not null default '',
  cc_fold        text not null default '',
  bcc_fold       text not null default '',
  subject_fold   text not null default '',
  envelope       jsonb not null,
  structure      jsonb not null,
  preview        text not null default '',
  has_attachment boolean not null default false,
  created_modseq bigint not null,
  -- The queue's recipient row that brought it: delivering twice violates a unique index.
  recipient_id   bigint,
  primary key (account_id, message_id)
);
create index message_thread on mail.message (account_id, thread_id);
create index message_rfc_id on mail.message (account_id, rfc_id);
create index message_body on mail.message (body_hash);
create unique index message_recipient on mail.message (account_id, recipient_id) where recipient_id is not null;

create table mail.entry (
  account_id     bigint not null,
  mailbox_id     bigint not null,
  uid            bigint not null,
  message_id     bigint not null,
  thread_id      bigint not null,
  modseq         bigint not null,
  -- 1 seen (own accounts only), 2 answered, 4 flagged, 8 deleted, 16 draft.
  flags          int not null default 0,
  keywords       text[],
  size_bytes     bigint not null,
  received_at    timestamptz not null,
  saved_at       timestamptz not null,
  created_modseq bigint not null,
  primary key (account_id, mailbox_id, uid),
  foreign key (account_id, mailbox_id) references mail.mailbox on delete cascade
) with (fillfactor = 85);
create index entry_message on mail.entry (account_id, message_id);
create index entry_modseq on mail.entry (account_id, mailbox_id, modseq);
create index entry_received on mail.entry (account_id, mailbox_id, received_at desc, message_id desc);
create index entry_unseen on mail.entry (account_id, mailbox_id, uid) where flags & 1 = 0;
create index entry_flagged on mail.entry (account_id, mailbox_id, uid) where flags & 4 <> 0;
create index entry_deleted on mail.entry (account_id, mailbox_id, uid) where flags & 8 <> 0;

-- "Seen" of each reader of a shared account.
create table mail.seen (
  account_id bigint not null,
  mailbox_id bigint not null,
  uid        bigint not null,
  reader_id  bigint not null,
  primary key (account_id, mailbox_id, uid, reader_id),
  foreign key (account_id, mailbox_id) references mail.mailbox on delete cascade
);

-- Tombstones: QRESYNC reads them by modseq, restore by time; swept after some days.
create table mail.expunged (
  account_id  bigint not null,
  mailbox_id  bigint not null,
  uid         bigint not null,
  message_id  bigint not null,
  modseq      bigint not null,
  expunged_at timestamptz not null,
  primary key (account_id, mailbox_id, uid)
);
create index expunged_modseq on mail.expunged (account_id, mailbox_id, modseq);
create index expunged_at on mail.expunged (expunged_at);

-- One row per modseq of an account: what JMAP's /changes tells.
create table mail.change (
  account_id        bigint not null references mail.account on delete cascade,
  modseq            bigint not null,
  at                timestamptz not null,
  email_created     bigint[] not null default '{}',
  email_updated     bigint[] not null default '{}',
  email_destroyed   bigint[] not null default '{}',
  thread_created    bigint[] not null default '{}',
  thread_updated    bigint[] not null default '{}',
  thread_destroyed  bigint[] not null default '{}',
  mailbox_created   bigint[] not null default '{}',
  mailbox_updated   bigint[] not null default '{}',
  -- Only the counts changed.
  mailbox_counts    bigint[] not null default '{}',
  mailbox_destroyed bigint[] not null default '{}',
  primary key (account_id, modseq)
);
create index change_at on mail.change (at);

-- Hash of (message-id, base subject) → thread.
create table mail.thread_ref (
  account_id bigint not null references mail.account on delete cascade,
  key        bytea not null,
  thread_id  bigint not null,
  primary key (account_id, key)
);
create index thread_ref_thread on mail.thread_ref (account_id, thread_id);
