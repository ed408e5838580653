import type { Clock } from '../../kit/clock/index.ts';
import type { Queryable, Tx } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook } from '../ports.ts';
import type { HeaderField } from '../protocol/mime/index.ts';
import type { Action, Field } from '../protocol/sieve/index.ts';
import type { LocalMessage, LocalPlan, Transfer } from '../queue/index.ts';
import type { Store } from '../store/index.ts';
import type { Places } from './placements.ts';
import type { Srs } from './srs.ts';

/** Tells a person something by the product's own ways; wire.ts fills it with channels. */
export type TellOwner = (
  tx: Tx,
  notice: {
    accountId: number;
    template: 'mail_notice' | 'mail_rules_failed';
    params: Record<string, string | number>;
    key: string;
  },
) => Promise<void>;

export interface PlanParts {
  store: Store;
  addressBook: AddressBook;
  clock: Clock;
  log: Logger;
  hostname: string;
  srs: (domain: string) => Srs;
  mayForwardOutside(db: Queryable, accountId: number): Promise<boolean>;
  tell: TellOwner;
}

/** One message for one mailbox while its plan is made. */
export interface PlanContext {
  parts: PlanParts;
  db: Queryable;
  message: LocalMessage;
  recipient: { accountId: number; address: string; shared: boolean };
  now: Date;
  /** Header fields, unfolded: those of our checks first. */
  fields: readonly HeaderField[];
  places: Places;
  placements: LocalPlan['placements'][number][];
  outgoing: Transfer[];
  events: { event: string; status?: string; detail: string }[];
  remember: ((tx: Tx) => Promise<void>)[];
  /** The header that the placed copy has, when it was edited. */
  edited: readonly Field[] | undefined;
  refuse: LocalPlan['refuse'];
  /** The implicit keep is on again: something could not be done. */
  keepAfterAll: boolean;
}

export type Of<T extends Action['type']> = Extract<Action, { type: T }>;

export function note(context: PlanContext, event: string, detail: string): void {
  context.events.push({ event, detail: detail.replace(/[\r\n]+/g, ' ').slice(0, 500) });
}
