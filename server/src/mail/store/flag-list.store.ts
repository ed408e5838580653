import { one, type Queryable, sql } from '../../kit/db/index.ts';
import { flagsOf } from './entry.store.ts';
import { normalizeRanges } from './ranges.ts';
import type { FlagState, Scope, UidRange } from './types.ts';

/**
 * Flags of many entries as one text that the database puts together: rows of their own would cost several times as
 * much, for nothing but numbers. Keywords hold neither tabs, line breaks nor spaces.
 */
export async function listFlags(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  mailboxId: number,
  uids: readonly UidRange[],
): Promise<FlagState[]> {
  const { from, to } = normalizeRanges(uids);
  const source =
    from.length === 1
      ? sql`mail.entry e where e.uid between ${from[0]} and ${to[0]}`
      : sql`unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t) join mail.entry e on e.uid between w.f and w.t where true`;
  const { list } = await one(
    db,
    sql<{ list: string | null }>`
      select string_agg(e.uid || chr(9) || (${flagsOf(scope, shared)}) || chr(9) || e.modseq
        || coalesce(chr(9) || array_to_string(e.keywords, ' '), ''), chr(10) order by e.uid) as list
      from ${source} and e.account_id = ${scope.accountId} and e.mailbox_id = ${mailboxId}`,
  );
  return list === null ? [] : list.split('\n').map(readState);
}

const NONE: readonly string[] = [];

function readState(line: string): FlagState {
  const [uid, flags, modseq, keywords] = line.split('\t');
  return {
    uid: Number(uid),
    flags: Number(flags),
    modseq: Number(modseq),
    keywords: keywords ? keywords.split(' ') : NONE,
  };
}
