export { sql } from 'kysely';
export {
  afterCommit,
  createDb,
  createPool,
  type Db,
  isDatabaseUnavailable,
  isUniqueViolation,
  many,
  maybe,
  one,
  type Queryable,
  run,
  transaction,
  type Tx,
} from './db.ts';
export { migrate } from './migrate.ts';
