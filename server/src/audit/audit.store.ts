import { many, one, type Queryable, run, sql, type Tx } from '../kit/db/index.ts';

export interface EntryRow {
  id: number;
  /** Microseconds since the epoch as text: what is hashed must not depend on how a driver reads a date. */
  micros: string;
  at: Date;
  actor_id: number;
  actor: string;
  address: string;
  action: string;
  target: string;
  unit_id: number | null;
  before: string | null;
  after: string | null;
  seq: number | null;
  hash: Buffer | null;
}

const columns = sql`
  id, (extract(epoch from at) * 1000000)::bigint::text as micros, at, actor_id, actor, address, action, target,
  unit_id, before::text as before, after::text as after, seq, hash`;

export interface NewEntry {
  at: Date;
  actorId: number;
  actor: string;
  address: string;
  action: string;
  target: string;
  unitId: number | null;
  before: string | null;
  after: string | null;
}

export async function insertEntry(db: Queryable, entry: NewEntry): Promise<void> {
  await run(
    db,
    sql`insert into audit.entry (at, actor_id, actor, address, action, target, unit_id, before, after)
        values (${entry.at}, ${entry.actorId}, ${entry.actor}, ${entry.address}, ${entry.action}, ${entry.target},
                ${entry.unitId}, ${entry.before}::jsonb, ${entry.after}::jsonb)`,
  );
}

/** Only one sealer at a time over all processes. */
export async function lockSealer(tx: Tx): Promise<void> {
  await run(tx, sql`select pg_advisory_xact_lock(7205120)`);
}

export function findUnsealed(db: Queryable, limit: number): Promise<EntryRow[]> {
  return many(
    db,
    sql<EntryRow>`select ${columns} from audit.entry where seq is null order by id limit ${limit}`,
  );
}

export async function countUnsealed(db: Queryable): Promise<number> {
  return (await one(db, sql<{ n: number }>`select count(*)::int as n from audit.entry where seq is null`)).n;
}

export async function findLastSealed(db: Queryable): Promise<{ seq: number; hash: Buffer } | undefined> {
  const rows = await many(
    db,
    sql<{
      seq: number;
      hash: Buffer;
    }>`select seq, hash from audit.entry where seq is not null order by seq desc limit 1`,
  );
  return rows[0];
}

export async function seal(db: Queryable, id: number, seq: number, hash: Buffer): Promise<void> {
  await run(db, sql`update audit.entry set seq = ${seq}, hash = ${hash} where id = ${id}`);
}

export function findSealedAfter(db: Queryable, seq: number, limit: number): Promise<EntryRow[]> {
  return many(
    db,
    sql<EntryRow>`select ${columns} from audit.entry where seq > ${seq} order by seq limit ${limit}`,
  );
}

export interface Filter {
  search: string | undefined;
  /** Only entries about these units; undefined = all. */
  unitIds: number[] | undefined;
  beforeId: number | undefined;
  limit: number;
}

export function findEntries(db: Queryable, filter: Filter): Promise<EntryRow[]> {
  const pattern = filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  return many(
    db,
    sql<EntryRow>`select ${columns} from audit.entry
      where (${filter.beforeId ?? null}::bigint is null or id < ${filter.beforeId ?? null})
        and (${pattern}::text is null or actor ilike ${pattern} or target ilike ${pattern} or action ilike ${pattern})
        and (${filter.unitIds ?? null}::bigint[] is null or unit_id = any(${filter.unitIds ?? null}::bigint[]))
      order by id desc limit ${filter.limit}`,
  );
}
