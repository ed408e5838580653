import type pg from 'pg';

/**
 * An institution with so many people in one unit and a list of that unit and of outside addresses, by plain SQL: 20,000
 * people through the service would take minutes. Answers the list's id.
 */
export async function populateList(
  pool: pg.Pool,
  size: { people: number; outside: number },
): Promise<number> {
  await pool.query(
    "insert into directory.domain (name, is_primary, created_at) values ('beichen.test', true, now())",
  );
  await pool.query(
    "insert into directory.unit (name, position, ancestors, path, pinyin, initials, is_default, created_at) values ('全校', 1, '{1}', '全校', 'quanxiao', 'qx', false, now())",
  );
  await pool.query(
    `insert into directory.account (kind, local, domain, name, pinyin, initials, unit_id, quota_bytes, created_at)
       select 'person', 'm' || n, 'beichen.test', '成员' || n, 'chengyuan', 'cy', 1, 1e12, now() from generate_series(1, $1::int) n`,
    [size.people],
  );
  await pool.query(
    "insert into directory.address (domain, local, kind, account_id, created_at) select domain, local, 'account', id, now() from directory.account",
  );
  const { rows } = await pool.query<{ id: string }>(
    `insert into directory.list (domain, local, name, pinyin, name_order, initials, senders, moderation, listed, leavable,
         subject_prefix, reply_to, rewrite_from, skip_sender, bounce_limit, created_at, changed_at)
       values ('beichen.test', 'all', '全体', 'quanti', 'quan ti', 'qt', 'anybody', 'none', true, true, '', 'sender', 'changed', false, 5,
         now(), now()) returning id`,
  );
  const id = Number(rows[0]?.id);
  await pool.query(
    "insert into directory.address (domain, local, kind, list_id, created_at) values ('beichen.test', 'all', 'list', $1, now())",
    [id],
  );
  await pool.query(
    "insert into directory.list_entry (list_id, role, unit_id, created_at) values ($1, 'member', 1, now())",
    [id],
  );
  await pool.query(
    `insert into directory.list_entry (list_id, role, address, created_at)
       select $1, 'member', 'x' || n || '@outside' || n % 7 || '.test', now() from generate_series(1, $2::int) n`,
    [id, size.outside],
  );
  return id;
}
