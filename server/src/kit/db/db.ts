import {
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type RawBuilder,
  type Transaction,
} from 'kysely';
import pg from 'pg';

/** Stores write SQL through Kysely's `sql` tag with a row type each, so no table map is kept here. */
export type Database = Record<never, never>;
export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;
/** What a store takes first: the pool, or the transaction it is to join. */
export type Queryable = Db | Tx;

// int8 and numeric arrive as strings otherwise; every counter of ours stays far below 2^53.
pg.types.setTypeParser(20, Number);
pg.types.setTypeParser(1700, Number);
// The same for arrays of int8, whose parser has to be built anew.
const INT8_ARRAY: number = 1016;
pg.types.setTypeParser(INT8_ARRAY, (text: string) =>
  text === '{}' ? [] : text.slice(1, -1).split(',').map(Number),
);
// A date is a calendar day, not an instant: keep 'YYYY-MM-DD'.
pg.types.setTypeParser(1082, (value) => value);

/** A libpq connection string, or the parts of the embedded server's socket. */
export interface Connection {
  connectionString?: string;
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
}

export interface PoolOptions {
  connection: Connection;
  max?: number;
  /** Called for errors of idle connections, e.g. when the database restarts. */
  onError?: (error: Error) => void;
}

export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    max: options.max ?? 16,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    application_name: 'hongyan',
    ...options.connection,
  });
  // Without a listener a database restart would end the Node process.
  pool.on('error', (error) => options.onError?.(error));
  return pool;
}

export function createDb(pool: pg.Pool): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
}

/** A text that has come so often is prepared; rarer ones (built by a search form) would fill the server's memory. */
const PREPARE_AFTER = 5;
/** Each connection keeps so many prepared statements at most; further texts go unprepared. */
const MAX_PREPARED = 400;
/** Texts counted; beyond it counting starts anew, so that generated texts cannot fill our memory. */
const MAX_COUNTED = 5_000;

/**
 * Gives a name to statements that come again and again, so that each connection parses and plans them once. The
 * rest of the product writes SQL without knowing of it.
 */
function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  let counts = new Map<string, number>();

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_PREPARED) return known;
    const count = (counts.get(text) ?? 0) + 1;
    if (count < PREPARE_AFTER) {
      if (counts.size >= MAX_COUNTED) counts = new Map();
      counts.set(text, count);
      return undefined;
    }
    counts.delete(text);
    const name = `h${names.size}`;
    names.set(text, name);
    return name;
  }

  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? preparingClient(client, nameOf);
      wrapped.set(client, known);
      return known;
    },
  };
}

function preparingClient(
  client: pg.PoolClient,
  nameOf: (text: string) => string | undefined,
): PostgresPoolClient {
  const inner: { query<R>(config: pg.QueryConfig): Promise<PostgresQueryResult<R>> } = client;
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new Error('cursors are not used here');
    const name = values.length === 0 ? undefined : nameOf(text);
    return inner.query<R>({ text, values: [...values], ...(name === undefined ? {} : { name }) });
  }
  return { query, release: (destroy) => client.release(destroy) };
}

const hooks = new WeakMap<object, (() => void)[]>();

/**
 * Runs `work` in one transaction; given a transaction, joins it.
 * A deadlock or serialization failure is tried again, so `work` must have no effect outside the database.
 */
export async function transaction<T>(db: Queryable, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Tx);
  for (let attempt = 1; ; attempt++) {
    const after: (() => void)[] = [];
    try {
      const result = await db.transaction().execute(async (tx) => {
        hooks.set(tx, after);
        return work(tx);
      });
      for (const hook of after) hook();
      return result;
    } catch (error) {
      if (attempt >= 5 || !isRetryable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 * attempt + Math.random() * 20));
    }
  }
}

/** Runs `hook` once the surrounding transaction has committed (never when it rolls back). */
export function afterCommit(tx: Tx, hook: () => void): void {
  const list = hooks.get(tx);
  if (!list) throw new Error('afterCommit needs a transaction opened by kit/db transaction()');
  list.push(hook);
}

export async function many<T>(db: Queryable, query: RawBuilder<T>): Promise<T[]> {
  return (await query.execute(db)).rows;
}

export async function maybe<T>(db: Queryable, query: RawBuilder<T>): Promise<T | undefined> {
  return (await query.execute(db)).rows[0];
}

/** The one row of a query that always has one (an insert with returning, a count). */
export async function one<T>(db: Queryable, query: RawBuilder<T>): Promise<T> {
  const row = await maybe(db, query);
  if (row === undefined) throw new Error('query returned no row');
  return row;
}

/** Runs a statement and returns how many rows it touched. */
export async function run(db: Queryable, query: RawBuilder<unknown>): Promise<number> {
  return Number((await query.execute(db)).numAffectedRows ?? 0n);
}

function errorCode(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return undefined;
}

function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === '40001' || code === '40P01';
}

/** True when the error is a unique violation, optionally of one named constraint or index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (errorCode(error) !== '23505') return false;
  if (constraint === undefined) return true;
  return (
    typeof error === 'object' && error !== null && 'constraint' in error && error.constraint === constraint
  );
}

/** True when the database, not the request, is to blame: connection lost, shutting down, disk full. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCode(error);
  if (code === undefined)
    return error instanceof Error && /timeout exceeded when trying to connect/.test(error.message);
  return (
    code.startsWith('08') ||
    code.startsWith('53') ||
    code.startsWith('57P') ||
    code === '58030' ||
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    code === 'ENOENT' ||
    code === 'EPIPE'
  );
}
