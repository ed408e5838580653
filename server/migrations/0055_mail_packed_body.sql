-- `data` is compressed (zstd, one frame); then `header` has the header block beside it.
alter table mail.body add column packed boolean not null default false;
