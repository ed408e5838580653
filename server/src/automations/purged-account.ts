import { accountPurged } from '../directory/index.ts';
import { type Db, transaction } from '../kit/db/index.ts';
import type { Events } from '../kit/events/index.ts';
import type { Mail } from '../mail/index.ts';

/** An account whose days of grace are over takes its mail and its rules with it (ADM-4.5); doing so twice does no harm. */
export function automatePurgedAccount(parts: { db: Db; events: Events; mail: Mail }): void {
  const { db, events, mail } = parts;
  events.subscribe(accountPurged, 'mail-of-purged-account', ({ accountId }) =>
    transaction(db, (tx) => mail.removeAccount(tx, accountId)),
  );
}
