import type { Queryable } from '../../kit/db/index.ts';
import type { FileInto } from '../protocol/sieve/index.ts';
import type { LocalPlan } from '../queue/index.ts';
import { FLAG, type Mailbox, type Role, type Store, StoreError } from '../store/index.ts';

type Placement = LocalPlan['placements'][number];

const BITS = new Map<string, number>([
  ['\\seen', FLAG.seen],
  ['\\answered', FLAG.answered],
  ['\\flagged', FLAG.flagged],
  ['\\deleted', FLAG.deleted],
  ['\\draft', FLAG.draft],
]);
const MAX_KEYWORDS = 50;

/** Flags of a script as the store keeps them; what is no flag of IMAP is left out. */
export function readFlags(flags: readonly string[]): { flags: number; keywords: string[] } {
  let bits = 0;
  const keywords: string[] = [];
  for (const flag of flags) {
    const bit = BITS.get(flag.toLowerCase());
    if (bit !== undefined) bits |= bit;
    else if (/^[!#$&'+\-./0-9:;<=>?@A-Z^_`a-z|~]{1,100}$/.test(flag) && keywords.length < MAX_KEYWORDS)
      keywords.push(flag);
  }
  return { flags: bits, keywords };
}

const ROLES = new Map<string, Role>([
  ['\\drafts', 'drafts'],
  ['\\sent', 'sent'],
  ['\\junk', 'junk'],
  ['\\trash', 'trash'],
  ['\\archive', 'archive'],
]);

export function roleOf(use: string): Role | undefined {
  return ROLES.get(use.toLowerCase());
}

/** The mailboxes of one account, read at the first question of a run. */
export function createPlaces(store: Store, db: Queryable, accountId: number) {
  const scope = { accountId, readerId: accountId };
  let loading: Promise<Mailbox[]> | undefined;
  const all = () => {
    loading ??= store.mailboxes(db, scope);
    return loading;
  };
  const byName = async (name: string) => {
    const wanted = /^inbox(?=$|\/)/i.test(name) ? `INBOX${name.slice(5)}` : name;
    return (await all()).find((mailbox) => mailbox.path === wanted);
  };
  const byId = async (id: string) => (await all()).find((mailbox) => id === `F${mailbox.id}`);
  const byRole = async (role: Role) => (await all()).find((mailbox) => mailbox.role === role);

  return {
    byName,
    byId,
    byRole,
    inbox: () => byRole('inbox'),

    /** Where `fileinto` leads; undefined when there is no such mailbox and none is to be made. */
    async find(action: FileInto): Promise<Mailbox | undefined> {
      const role = action.specialUse === undefined ? undefined : roleOf(action.specialUse);
      const special = role && (await byRole(role));
      const found = special ?? (action.mailboxId === undefined ? undefined : await byId(action.mailboxId));
      if (found) return found;
      const named = await byName(action.mailbox);
      if (named || !action.create) return named;
      try {
        const made = await store.createMailbox(db, scope, {
          path: action.mailbox,
          ...(role === undefined ? {} : { role }),
        });
        loading = undefined;
        return made;
      } catch (error) {
        // Made by another delivery at the same moment, or no name of a mailbox here.
        if (!(error instanceof StoreError)) throw error;
        loading = undefined;
        return byName(action.mailbox);
      }
    },
  };
}

export type Places = ReturnType<typeof createPlaces>;
export type { Placement };
