import { type CopyTarget, FLAG, type Mailbox } from '../store/index.ts';
import { type Place, quotaOf } from './places.ts';
import { hasRights } from './rights.ts';
import type { Session } from './session.ts';

/** Where COPY and MOVE put messages; flags that the person may not set there are left behind (RFC 4314 §4). */
export async function copyTarget(
  session: Session,
  place: Place,
  mailbox: Mailbox,
  rights: string,
): Promise<CopyTarget> {
  const quotaBytes = await quotaOf(session, place);
  return {
    scope: place.scope,
    mailboxId: mailbox.id,
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
    keep: allowedFlags(rights),
  };
}

/** Which flags rights allow to set: FLAG bits, and whether keywords. */
export function allowedFlags(rights: string): { flags: number; keywords: boolean } {
  const others = hasRights(rights, 'w');
  return {
    flags:
      (hasRights(rights, 's') ? FLAG.seen : 0) |
      (hasRights(rights, 't') ? FLAG.deleted : 0) |
      (others ? FLAG.answered | FLAG.flagged | FLAG.draft : 0),
    keywords: others,
  };
}
