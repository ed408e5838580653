import type pg from 'pg';

/**
 * So many people in a unit of their own, and the list `all` of that unit and of outside addresses, by plain SQL: 20,000
 * people through the service would take minutes. The domain is made when it is not there.
 */
export async function populateList(pool: pg.Pool, size: { people: number; outside: number }): Promise<void> {
  await pool.query(
    "insert into directory.domain (name, is_primary, created_at) values ('beichen.test', true, now()) on conflict do nothing",
  );
  const unit = await pool.query<{ id: string }>(
    `with next as (select nextval(pg_get_serial_sequence('directory.unit', 'id')) as id)
     insert into directory.unit (id, name, position, ancestors, path, pinyin, initials, is_default, created_at)
       overriding system value
       select id, '全校', 900000, array[id], '全校', 'quanxiao', 'qx', false, now() from next returning id`,
  );
  await pool.query(
    `with made as (
       insert into directory.account (kind, local, domain, name, pinyin, initials, unit_id, quota_bytes, created_at)
       select 'person', 'm' || n, 'beichen.test', '成员' || n, 'chengyuan', 'cy', $2, 1e12, now()
       from generate_series(1, $1::int) n returning id, local, domain)
     insert into directory.address (domain, local, kind, account_id, created_at)
       select domain, local, 'account', id, now() from made`,
    [size.people, unit.rows[0]?.id],
  );
  await pool.query(
    `with made as (
       insert into directory.list (domain, local, name, pinyin, name_order, initials, senders, moderation, listed, leavable,
         subject_prefix, reply_to, rewrite_from, skip_sender, bounce_limit, created_at, changed_at)
       values ('beichen.test', 'all', '全体', 'quanti', 'quan ti', 'qt', 'anybody', 'none', true, true, '', 'sender', 'changed',
         false, 5, now(), now()) returning id),
     address as (
       insert into directory.address (domain, local, kind, list_id, created_at) select 'beichen.test', 'all', 'list', id, now() from made),
     unit as (
       insert into directory.list_entry (list_id, role, unit_id, created_at) select id, 'member', $2, now() from made)
     insert into directory.list_entry (list_id, role, address, created_at)
       select id, 'member', 'x' || n || '@outside' || n % 7 || '.test', now() from made, generate_series(1, $1::int) n`,
    [size.outside, unit.rows[0]?.id],
  );
  await pool.query('analyze directory.account, directory.unit, directory.list_entry, directory.address');
}
