import { run, sql, type Tx } from '../../kit/db/index.ts';

/** Runs `work` so that its failure undoes its own changes only and the surrounding transaction goes on. */
export async function withSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await run(tx, sql`savepoint one_row`);
  try {
    const result = await work();
    await run(tx, sql`release savepoint one_row`);
    return result;
  } catch (error) {
    await run(tx, sql`rollback to savepoint one_row`);
    throw error;
  }
}
