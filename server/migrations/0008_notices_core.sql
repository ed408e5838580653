create schema notices;

create table notices.notice (
  id bigint generated always as identity primary key,
  title text not null,
  category text not null,
  unit_id bigint not null references directory.unit,
  body text not null,
  published_at timestamptz not null
);
create index notice_category on notices.notice (category, published_at desc);
