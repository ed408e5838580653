import { formatString, octets, type Scanner } from '../../protocol/imap/index.ts';
import { readMailbox, writeMailbox } from '../arguments.ts';
import { type Command, defineCommand, no, ok, Refusal } from '../command.ts';
import { accountsOf, findMailbox, type Place, quotaOf } from '../places.ts';
import type { Session } from '../session.ts';

const UNIT = 1024;

/** `* QUOTA "root" (STORAGE used limit)` in units of 1,024 octets (RFC 9208 §4.3); an account is a root by its address. */
async function tellQuota(session: Session, place: Place): Promise<void> {
  const limit = await quotaOf(session, place);
  const { bytes } = await session.deps.store.usage(session.deps.db, place.scope.accountId);
  const list =
    limit === undefined ? '' : `STORAGE ${Math.ceil(bytes / UNIT)} ${Math.floor(Math.max(0, limit) / UNIT)}`;
  session.output.line(`* QUOTA ${formatString(octets(place.address))} (${list})`);
}

function readRoot(scanner: Scanner): string {
  scanner.space();
  return scanner.astringText();
}

/** One's own account and the unit mailboxes; the quota of who shares a folder is his own business. */
function ownRoot(place: Place): boolean {
  return place.kind !== 'granted';
}

export const getQuota: Command = defineCommand({
  name: 'GETQUOTA',
  when: 'authenticated',
  updates: 'yes',
  parse: readRoot,
  async run(session, root) {
    const place = (await accountsOf(session)).find(
      (candidate) => candidate.address === root && ownRoot(candidate),
    );
    if (!place) throw new Refusal('No such quota root', 'NONEXISTENT');
    await tellQuota(session, place);
    return ok('Getquota completed');
  },
});

export const getQuotaRoot: Command = defineCommand({
  name: 'GETQUOTAROOT',
  when: 'authenticated',
  updates: 'yes',
  parse: readMailbox,
  async run(session, name) {
    const { place } = await findMailbox(session, name, 'r');
    const root = ownRoot(place) ? ` ${formatString(octets(place.address))}` : '';
    session.output.line(`* QUOTAROOT ${writeMailbox(session, name)}${root}`);
    if (root !== '') await tellQuota(session, place);
    return ok('Getquotaroot completed');
  },
});

/** Quotas are set in the console (no QUOTASET capability, RFC 9208 §4.1.3). */
export const setQuota: Command = defineCommand({
  name: 'SETQUOTA',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    readRoot(scanner);
    scanner.space();
    scanner.list(() => {
      scanner.keyword();
      scanner.space();
      return scanner.number(Number.MAX_SAFE_INTEGER);
    }, 20);
  },
  run: async () => no('Quotas are set by the administrator', 'NOPERM'),
});
