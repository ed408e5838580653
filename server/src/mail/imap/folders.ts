import { DELIMITER, decodeName, matchesPattern } from '../protocol/imap/index.ts';
import type { Mailbox } from '../store/index.ts';
import { utf8Names } from './arguments.ts';
import { accountsOf, OTHER_USERS, type Place } from './places.ts';
import { hasRights } from './rights.ts';
import type { Session } from './session.ts';

/** One name of the hierarchy as the person sees it. */
export interface Folder {
  name: string;
  /** Undefined for levels that hold no mail, or none that the person may see, as `Other Users`. */
  mailbox: Mailbox | undefined;
  place: Place | undefined;
  /** Not the person's own. */
  shared: boolean;
  rights: string;
  hasChildren: boolean;
}

/** Everything the person may list, sorted by name with INBOX first. */
export async function folders(session: Session): Promise<Folder[]> {
  const found = new Map<string, Omit<Folder, 'name' | 'hasChildren'>>();
  for (const place of await accountsOf(session)) {
    const shared = place.prefix !== '';
    for (const mailbox of await session.deps.store.mailboxes(session.deps.db, place.scope)) {
      // A folder that was made by other means under our reserved name cannot be reached by name.
      if (!shared && (mailbox.path === OTHER_USERS || mailbox.path.startsWith(OTHER_USERS + DELIMITER)))
        continue;
      const rights = place.rights(mailbox.id);
      if (hasRights(rights, 'l')) found.set(place.prefix + mailbox.path, { mailbox, place, shared, rights });
    }
  }
  const parents = new Set<string>();
  for (const name of found.keys()) {
    for (let at = name.indexOf(DELIMITER); at >= 0; at = name.indexOf(DELIMITER, at + 1))
      parents.add(name.slice(0, at));
  }
  for (const name of parents) {
    if (!found.has(name)) found.set(name, { mailbox: undefined, place: undefined, shared: true, rights: '' });
  }
  return [...found]
    .map(([name, folder]) => ({ name, ...folder, hasChildren: parents.has(name) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

function rank(name: string): number {
  if (name === 'INBOX') return 0;
  return name === OTHER_USERS || name.startsWith(OTHER_USERS + DELIMITER) ? 2 : 1;
}

/** A test of names against LIST patterns, each prefixed by the reference as it is (RFC 3501 §6.3.8). */
export function patternsOf(
  session: Session,
  reference: Buffer,
  patterns: readonly Buffer[],
): (name: string) => boolean {
  const utf8 = utf8Names(session);
  const prefix = decodeName(reference, utf8);
  const full = patterns.map((pattern) => prefix + decodeName(pattern, utf8));
  return (name) => full.some((pattern) => matchesPattern(pattern, name));
}
