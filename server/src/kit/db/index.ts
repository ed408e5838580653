export { type RawBuilder, sql } from 'kysely';
export {
  afterCommit,
  type Connection,
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
  type Tx,
  transaction,
} from './db.ts';
export { direct, fragment } from './direct.ts';
export {
  applyMigration,
  compareMigrations,
  createMigrationTable,
  type Migration,
  migrate,
  readMigrations,
} from './migrate.ts';
