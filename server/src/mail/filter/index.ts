import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, type Tx } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook } from '../ports.ts';
import type { LocalRules } from '../queue/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Store } from '../store/index.ts';
import { deleteRulesOf } from './account.store.ts';
import { createRuleCache, RULES_CHANGED } from './cache.ts';
import type { TellOwner } from './context.ts';
import { deleteExpired } from './memory.store.ts';
import { createLocalRules } from './plan.ts';
import { createPersonalRules, type PersonalRules } from './rules.service.ts';
import { createScripts, type Scripts } from './scripts.service.ts';
import { createSrs } from './srs.ts';

export type { TellOwner } from './context.ts';
export { filterErrors } from './filter.errors.ts';
export { filterRoutes } from './filter.routes.ts';
export { FILTER_LIMITS } from './limits.ts';
export type { PersonalRules } from './rules.service.ts';
export { ScriptError, type ScriptProblem, type Scripts } from './scripts.service.ts';
export { createFilterSettings, type FilterSettings } from './settings.service.ts';

/** Personal rules: where they are kept, and what they make of mail. */
export interface Filters {
  rules: LocalRules;
  scripts: Scripts;
  personal: PersonalRules;
  /** The address that a bounce to a rewritten sender of ours is for (SRS); undefined when it is none. */
  bounceTarget(address: string): string | undefined;
  /** Scripts, rules and what they remember, of an account that is gone for good. */
  removeAccount(tx: Tx, accountId: number): Promise<void>;
  sweep(): Promise<void>;
  stop(): void;
}

export function createFilters(parts: {
  db: Db;
  store: Store;
  addressBook: AddressBook;
  settings: Settings;
  clock: Clock;
  signals: Signals;
  log: Logger;
  hostname: string;
  /** For rewritten senders; the same in every process. */
  srsKey: Buffer;
  tell: TellOwner;
}): Filters {
  const { db, clock } = parts;
  const cache = createRuleCache(parts);
  const personal = createPersonalRules(parts);
  return {
    rules: createLocalRules({
      ...parts,
      cache,
      srs: (domain) => createSrs(parts.srsKey, domain),
      mayForwardOutside: personal.mayForwardOutside,
    }),
    scripts: createScripts(parts),
    personal,
    bounceTarget(address) {
      if (!/^srs[01]=/i.test(address)) return undefined;
      const domain = address.slice(address.lastIndexOf('@') + 1);
      return createSrs(parts.srsKey, domain).reverse(address, clock.now());
    },
    async removeAccount(tx, accountId) {
      await deleteRulesOf(tx, accountId);
      afterCommit(tx, () => parts.signals.send(RULES_CHANGED, String(accountId)));
    },
    sweep: () => deleteExpired(db, clock.now()),
    stop: () => cache.stop(),
  };
}
