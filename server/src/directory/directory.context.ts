import type { Audit } from '../audit/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import type { Box } from '../kit/crypto/index.ts';
import type { Db, Queryable, Tx } from '../kit/db/index.ts';
import type { Events, Signals } from '../kit/events/index.ts';
import type { Actor } from '../kit/http/index.ts';
import type { Authority } from './administrators.policy.ts';
import { findAdministrator } from './administrators.store.ts';

export interface AliasNotice {
  accountId: number;
  template: 'alias_added' | 'alias_deleted';
  alias: string;
}

/** What every service of the directory is made of. */
export interface DirectoryContext {
  db: Db;
  clock: Clock;
  audit: Audit;
  events: Events;
  /** Tells of changes by other processes; without it nothing is kept in memory. */
  signals?: Signals;
  box: Box;
  /** Octets that accounts hold in mail, by account; the mail module fills it. */
  usage: (db: Queryable, accountIds: number[]) => Promise<Map<number, number>>;
  /** When accounts last signed in, by account; identity fills it. */
  lastSignIns: (db: Queryable, accountIds: number[]) => Promise<Map<number, Date>>;
  /** Tells a person of a change of his aliases, in the same transaction; channels does it. */
  tell: (tx: Tx, notice: AliasNotice) => Promise<void>;
}

/** Looks up what the actor may administer; the system itself may everything. */
export async function authorityOf(db: Queryable, actor: Pick<Actor, 'accountId'>): Promise<Authority> {
  if (actor.accountId === 0) return { tier: 'super', accountId: 0, unitId: undefined };
  const row = await findAdministrator(db, actor.accountId);
  return { tier: row?.tier ?? 'user', accountId: actor.accountId, unitId: row?.unit_id ?? undefined };
}
