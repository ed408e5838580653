import { maybe, type Queryable, run, sql } from '../../kit/db/index.ts';

/** Remembers that an account may use a blob; a second upload of the same bytes makes it young again. */
export async function insertUpload(
  db: Queryable,
  upload: { accountId: number; hash: Buffer; size: number; at: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into mail.upload (account_id, hash, size, uploaded_at)
        values (${upload.accountId}, ${upload.hash}, ${upload.size}, ${upload.at})
        on conflict (account_id, hash) do update set uploaded_at = excluded.uploaded_at`,
  );
}

export async function findUpload(
  db: Queryable,
  accountId: number,
  hash: Buffer,
): Promise<{ size: number } | undefined> {
  return maybe(
    db,
    sql<{ size: number }>`select size from mail.upload where account_id = ${accountId} and hash = ${hash}`,
  );
}

/** Forgets uploads that nobody has put into a mail; their bytes go with the store's search for orphans. */
export async function deleteUploadsBefore(db: Queryable, before: Date): Promise<number> {
  return run(db, sql`delete from mail.upload where uploaded_at < ${before}`);
}
