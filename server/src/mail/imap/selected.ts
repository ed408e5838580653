import { SYSTEM_FLAGS } from '../protocol/imap/index.ts';
import type { Mailbox, Scope } from '../store/index.ts';
import type { MailboxReader } from './mailbox-reader.ts';
import { hasRights } from './rights.ts';
import { createView, type View } from './view.ts';
import type { WatchMailbox } from './watch.ts';

/** Keywords that clients know (RFC 5788 registry); others are announced by FLAGS when they are first seen. */
export const COMMON_KEYWORDS = ['$Forwarded', '$MDNSent', '$Junk', '$NotJunk', '$Phishing'];
/** A mailbox with more keywords than this gets no longer FLAGS lines; the keywords work all the same. */
const MAX_KNOWN = 200;

/** The mailbox that a session has selected. */
export interface Selected {
  readonly mailbox: Mailbox;
  readonly scope: Scope;
  readonly readOnly: boolean;
  readonly view: View;
  /** The person's rights (RFC 4314), as of the last absorb. */
  readonly rights: string;
  /** UIDs that SEARCH has saved (RFC 5182). */
  saved: readonly number[];
  /** Flags that the person may change here, for PERMANENTFLAGS. */
  permanentFlags(): string;
  /**
   * Reads what has changed since the last reading, if a signal came or `look` says so.
   * False when the mailbox, or the right to see it, is gone.
   */
  absorb(look: boolean): Promise<boolean>;
  /** Before a command relies on them: asks for the rights again if a signal came. */
  refreshRights(): Promise<void>;
  /** Untagged answers for what was absorbed. */
  announce(expunge: boolean, enabled: ReadonlySet<string>): string[];
  /** The next absorb looks into the database. */
  touch(): void;
  leave(): void;
}

export interface SelectOptions {
  reader: MailboxReader;
  watch: WatchMailbox;
  scope: Scope;
  mailboxId: number;
  readOnly: boolean;
  /** Called when the mailbox may have changed. */
  wake: () => void;
  /** Rights at the beginning. */
  rights: string;
  /** Asked when looking: which rights has the person now? */
  currentRights: () => Promise<string>;
}

/** Opens a mailbox; undefined when it does not exist (any more). */
export async function openMailbox(options: SelectOptions): Promise<Selected | undefined> {
  const { reader, scope, mailboxId } = options;
  let dirty = false;
  // Watched before it is read, so that no change falls between.
  const unwatch = options.watch(scope.accountId, mailboxId, () => {
    dirty = true;
    reader.changed(mailboxId);
    options.wake();
  });
  const found = await reader.open(scope, mailboxId);
  if (!found) {
    unwatch();
    return undefined;
  }
  const view = createView(found.uids, found.mailbox.highestModseq);
  const known = new Set<string>(COMMON_KEYWORDS);
  let unknownSeen = false;
  let rights = options.rights;
  let toldRights = rights;

  return {
    mailbox: found.mailbox,
    scope,
    readOnly: options.readOnly,
    view,
    saved: [],
    get rights() {
      return rights;
    },
    permanentFlags: () => (options.readOnly ? '' : permanentFlags(rights)),
    touch() {
      dirty = true;
      reader.changed(mailboxId);
    },
    leave: unwatch,
    async refreshRights() {
      if (dirty) rights = await options.currentRights();
    },
    async absorb(look) {
      if (!dirty && !look) return true;
      dirty = false;
      rights = await options.currentRights();
      if (!hasRights(rights, 'r')) return false;
      const delta = await reader.delta(scope, mailboxId, view.modseq, view.uids, look);
      if (!delta) return false;
      for (const keyword of delta.keywords) {
        if (known.size >= MAX_KNOWN || known.has(keyword)) continue;
        known.add(keyword);
        unknownSeen = true;
      }
      view.absorb(delta);
      return true;
    },
    announce(expunge, enabled) {
      const lines = view.announce({
        expunge,
        condstore: enabled.has('CONDSTORE'),
        qresync: enabled.has('QRESYNC'),
        uidOnly: enabled.has('UIDONLY'),
      });
      if (unknownSeen) lines.unshift(`* FLAGS (${[...SYSTEM_FLAGS, ...known].join(' ')})`);
      unknownSeen = false;
      if (rights !== toldRights && !options.readOnly)
        lines.unshift(`* OK [PERMANENTFLAGS (${permanentFlags(rights)})] Your rights have changed`);
      toldRights = rights;
      return lines;
    },
  };
}

/** RFC 4314 §4: `s` is for \Seen, `t` for \Deleted, `w` for everything else. */
function permanentFlags(rights: string): string {
  const system = SYSTEM_FLAGS.filter((flag) =>
    hasRights(rights, flag === '\\Seen' ? 's' : flag === '\\Deleted' ? 't' : 'w'),
  );
  return [...system, ...(hasRights(rights, 'w') ? [...COMMON_KEYWORDS, '\\*'] : [])].join(' ');
}
