import { DELIMITER, decodeName, matchesPattern } from '../protocol/imap/index.ts';
import type { Mailbox } from '../store/index.ts';
import { accountsOf, OTHER_USERS } from './places.ts';
import type { Session } from './session.ts';

/** One name of the hierarchy as the person sees it. */
export interface Folder {
  name: string;
  /** Undefined for levels that hold no mail themselves, as `Other Users`. */
  mailbox: Mailbox | undefined;
  /** Of a unit mailbox. */
  shared: boolean;
  hasChildren: boolean;
}

/** Everything the person may list, sorted by name with INBOX first. */
export async function folders(session: Session): Promise<Folder[]> {
  const found = new Map<string, { mailbox: Mailbox | undefined; shared: boolean }>();
  for (const place of await accountsOf(session)) {
    const shared = place.prefix !== '';
    if (shared) {
      found.set(OTHER_USERS, { mailbox: undefined, shared });
      found.set(place.prefix.slice(0, -DELIMITER.length), { mailbox: undefined, shared });
    }
    for (const mailbox of await session.deps.store.mailboxes(session.deps.db, place.scope)) {
      // A folder that was made by other means under our reserved name cannot be reached by name.
      if (!shared && (mailbox.path === OTHER_USERS || mailbox.path.startsWith(OTHER_USERS + DELIMITER)))
        continue;
      found.set(place.prefix + mailbox.path, { mailbox, shared });
    }
  }
  const parents = new Set<string>();
  for (const name of found.keys()) {
    for (let at = name.indexOf(DELIMITER); at >= 0; at = name.indexOf(DELIMITER, at + 1))
      parents.add(name.slice(0, at));
  }
  return [...found]
    .map(([name, { mailbox, shared }]) => ({ name, mailbox, shared, hasChildren: parents.has(name) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

function rank(name: string): number {
  if (name === 'INBOX') return 0;
  return name === OTHER_USERS || name.startsWith(OTHER_USERS + DELIMITER) ? 2 : 1;
}

/** A test of names against LIST patterns, each prefixed by the reference as it is (RFC 3501 §6.3.8). */
export function patternsOf(reference: Buffer, patterns: readonly Buffer[]): (name: string) => boolean {
  const prefix = decodeName(reference, false);
  const full = patterns.map((pattern) => prefix + decodeName(pattern, false));
  return (name) => full.some((pattern) => matchesPattern(pattern, name));
}
