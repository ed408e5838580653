-- BODY=BINARYMIME (RFC 3030): only hops that take it may get such a message.
alter table mail.transfer add column binary_mime boolean not null default false;
