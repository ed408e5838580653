-- Names are listed by pinyin, syllable by syllable: `wan gang` before `wang an`. The reading is the one that search uses,
-- which knows surnames; ICU's table reads some of them otherwise.
alter table directory.account add column name_order text not null default '';
drop index directory.account_name;
create index account_name_order on directory.account (name_order collate "C", id);
