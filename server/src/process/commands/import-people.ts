import { type Tx, transaction } from '../../kit/db/index.ts';
import { AppError, commonErrors } from '../../kit/errors/index.ts';
import type { App } from '../wire.ts';
import { commandErrors } from './commands.errors.ts';
import type { PersonRow } from './people-file.ts';
import { withSavepoint } from './savepoint.store.ts';
import { cliActor } from './session.ts';

/** The limits of the API's own schemas: what comes by file obeys the same. */
const LIMITS = { name: 40, account: 64, number: 40, unit: 60 } as const;
/** As many as the hasher works on at once, and a few to keep it busy. */
const AT_ONCE = 8;

export interface RowFailure {
  row: PersonRow;
  error: AppError;
}

/**
 * Makes an account of every row, each in its own transaction; returns the rows that could not be.
 * `onRow` hears of progress. An error that is not the row's fault (database gone) is thrown.
 */
export async function importPeople(
  app: App,
  rows: readonly PersonRow[],
  onRow: (done: number) => void,
): Promise<RowFailure[]> {
  const failures: RowFailure[] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const batch = rows.slice(start, start + AT_ONCE);
    const hashed = await Promise.all(batch.map((row) => hash(app, row)));
    for (const { row, value } of hashed) {
      const error =
        value instanceof AppError
          ? value
          : await problemOf(() => transaction(app.directory.db, (tx) => insert(app, tx, row, value)));
      if (error) failures.push({ row, error });
    }
    onRow(start + batch.length);
  }
  return failures;
}

/** The same without lasting effect: everything happens in one transaction that is undone. */
export async function tryPeople(app: App, rows: readonly PersonRow[]): Promise<RowFailure[]> {
  const failures: RowFailure[] = [];
  const undone = new Error('undone');
  try {
    await transaction(app.directory.db, async (tx) => {
      // A transaction may be tried again.
      failures.length = 0;
      for (const row of rows) {
        const error = await problemOf(async () => {
          checkRow(app, row);
          await withSavepoint(tx, () => insert(app, tx, row, undefined));
        });
        if (error) failures.push({ row, error });
      }
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  return failures;
}

async function hash(app: App, row: PersonRow): Promise<{ row: PersonRow; value: string | AppError }> {
  let value: string | AppError = '';
  const problem = await problemOf(async () => {
    checkRow(app, row);
    value = await app.identity.passwords.hashSecret(row.password);
  });
  return { row, value: problem ?? value };
}

async function problemOf(work: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Throws the first reason why a row cannot be an account, before the database is asked. */
function checkRow(app: App, row: PersonRow): void {
  if (row.name === '') throw commandErrors.cell_empty({ column: '用户名称' });
  if (row.account === '') throw commandErrors.cell_empty({ column: '帐号名' });
  if (row.password === '') throw commandErrors.cell_empty({ column: '密码' });
  const texts: [column: string, text: string, limit: number][] = [
    ['用户名称', row.name, LIMITS.name],
    ['帐号名', row.account, LIMITS.account],
    ['工号', row.number, LIMITS.number],
    ...unitParts(row.unit).map((part): [string, string, number] => ['部门', part, LIMITS.unit]),
  ];
  for (const [field, text, limit] of texts) {
    if ([...text].length > limit) throw commonErrors.too_long({ field, limit });
  }
  app.identity.passwords.check(row.password, { account: row.account }, 'password');
}

function unitParts(path: string): string[] {
  const parts = path.split('/').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

/** `hashed` undefined: a trial, which needs no password. */
async function insert(app: App, tx: Tx, row: PersonRow, hashed: string | undefined): Promise<void> {
  const unitId = await ensureUnit(app, tx, row.unit);
  const account = await app.directory.accounts.create(
    cliActor,
    {
      account: row.account,
      name: row.name,
      ...(unitId === undefined ? {} : { unitId }),
      ...(row.number === '' ? {} : { number: row.number }),
    },
    tx,
  );
  if (hashed !== undefined) await app.identity.passwords.setHashed(tx, account.id, hashed);
}

/** The unit at a path from the root, made with those above it where missing; undefined for none. */
async function ensureUnit(app: App, tx: Tx, path: string): Promise<number | undefined> {
  const parts = unitParts(path);
  if (parts.length === 0) return undefined;
  const whole = await app.directory.findUnitByPath(tx, parts.join('/'));
  if (whole) return whole.id;
  let parentId: number | null = null;
  for (const [index, name] of parts.entries()) {
    const known: { id: number } | undefined = await app.directory.findUnitByPath(
      tx,
      parts.slice(0, index + 1).join('/'),
    );
    parentId = known?.id ?? (await app.directory.units.create(cliActor, { name, parentId }, tx)).id;
  }
  return parentId ?? undefined;
}
