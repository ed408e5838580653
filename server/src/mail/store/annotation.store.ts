import { many, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { Annotation, Scope } from './types.ts';

/** Shared annotations and the reader's own; of a mailbox, or of the account when `mailboxId` is undefined. */
export async function listAnnotations(
  db: Queryable,
  scope: Scope,
  mailboxId: number | undefined,
): Promise<Annotation[]> {
  return many(
    db,
    sql<Annotation>`select entry, value from mail.annotation
      where account_id = ${scope.accountId} and mailbox_id is not distinct from ${mailboxId ?? null}::bigint
        and reader_id in (0, ${scope.readerId}) order by entry`,
  );
}

export async function countAnnotations(tx: Tx, scope: Scope, mailboxId: number | undefined): Promise<number> {
  const row = await one(
    tx,
    sql<{ n: number }>`select count(*) as n from mail.annotation
      where account_id = ${scope.accountId} and mailbox_id is not distinct from ${mailboxId ?? null}::bigint`,
  );
  return row.n;
}

export async function putAnnotations(
  tx: Tx,
  scope: Scope,
  mailboxId: number | undefined,
  entries: ReadonlyMap<string, Buffer | undefined>,
): Promise<void> {
  const names = [...entries.keys()];
  const readers = names.map((name) => (name.startsWith('/shared') ? 0 : scope.readerId));
  const kept = names.flatMap((name, index) => {
    const value = entries.get(name);
    return value === undefined ? [] : [{ name, value, reader: readers[index] ?? 0 }];
  });
  await run(
    tx,
    sql`delete from mail.annotation a using unnest(${names}::text[], ${readers}::bigint[]) as w(entry, reader_id)
        where a.account_id = ${scope.accountId} and a.mailbox_id is not distinct from ${mailboxId ?? null}::bigint
          and a.entry = w.entry and a.reader_id = w.reader_id`,
  );
  await run(
    tx,
    sql`insert into mail.annotation (account_id, mailbox_id, reader_id, entry, value)
        select ${scope.accountId}, ${mailboxId ?? null}::bigint, w.reader_id, w.entry, w.value
        from unnest(${kept.map((one) => one.reader)}::bigint[], ${kept.map((one) => one.name)}::text[],
          ${kept.map((one) => one.value)}::bytea[]) as w(reader_id, entry, value)`,
  );
}
