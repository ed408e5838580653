-- Who may do what in whose mailbox, beside its owner (RFC 4314).
create table mail.acl (
  account_id bigint not null,
  mailbox_id bigint not null,
  -- An account; 0 is everybody who has signed in.
  grantee_id bigint not null,
  -- Letters of lrswipkxtea in this order.
  rights     text not null check (rights ~ '^l?r?s?w?i?p?k?x?t?e?a?$'),
  primary key (account_id, mailbox_id, grantee_id),
  foreign key (account_id, mailbox_id) references mail.mailbox on delete cascade
);
create index acl_grantee on mail.acl (grantee_id, account_id);

-- Annotations (RFC 5464): of a mailbox, or of the account as a whole (mailbox_id null).
create table mail.annotation (
  account_id bigint not null references mail.account on delete cascade,
  mailbox_id bigint,
  -- Whose private annotation; 0 is shared.
  reader_id  bigint not null,
  -- Lower case, e.g. /private/comment.
  entry      text not null,
  value      bytea not null,
  unique nulls not distinct (account_id, mailbox_id, reader_id, entry),
  foreign key (account_id, mailbox_id) references mail.mailbox on delete cascade
);
