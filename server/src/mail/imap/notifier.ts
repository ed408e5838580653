import { decodeMailboxName, type NotifyArguments, type NotifyGroup } from '../protocol/imap/index.ts';
import { utf8Names, writeMailbox } from './arguments.ts';
import { fetchNew } from './commands/fetch.ts';
import { type Folder, folders } from './folders.ts';
import { accountsOf } from './places.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';
import { tellStatus } from './status-line.ts';
import { EVERY_MAILBOX } from './watch.ts';

/** Tells what happens in mailboxes, also between commands (RFC 5465). */
export interface Notifier {
  /** Between commands: what may be told of the selected mailbox, and of the others. */
  push(): Promise<void>;
  /** Mailboxes that are not selected: STATUS and LIST answers for what has changed since the last telling. */
  tellOthers(): Promise<void>;
  /** FETCH answers for messages of the selected mailbox with UIDs above `known`. */
  tellNew(selected: Selected, known: number): Promise<void>;
  stop(): void;
}

interface Seen {
  name: string;
  total: number;
  uidNext: number;
  modseq: number;
  subscribed: boolean;
}

type Watched = Folder & { mailbox: NonNullable<Folder['mailbox']> };

export async function createNotifier(session: Session, args: NotifyArguments): Promise<Notifier> {
  let dirty = false;
  const wake = () => {
    dirty = true;
    session.bell.ring();
  };
  const unwatch = (await accountsOf(session)).map((place) =>
    session.deps.watch(place.scope.accountId, EVERY_MAILBOX, wake),
  );
  const own = args.groups.find(({ filter }) => filter.of === 'selected' || filter.of === 'selected-delayed');
  const groupOf = chooser(session, args.groups);
  let seen = remember(await watched(session));
  if (args.status) await tellAllStatus();

  async function tellAllStatus(): Promise<void> {
    for (const folder of await watched(session)) {
      const group = groupOf(folder);
      if (group?.events.has('MESSAGENEW') && folder.mailbox.id !== session.selected?.mailbox.id)
        await tellState(session, folder, group);
    }
  }

  async function tellOthers(): Promise<void> {
    if (!dirty) return;
    dirty = false;
    const now = await watched(session);
    const before = seen;
    seen = remember(now);
    for (const folder of now) {
      const group = groupOf(folder);
      if (group) await tellChange(session, folder, before.get(folder.mailbox.id), group);
      await session.output.spill();
    }
    for (const [id, { name }] of before) {
      if (!seen.has(id) && args.groups.some(({ events }) => events.has('MAILBOXNAME')))
        session.output.line(`* LIST (\\NonExistent) "/" ${writeMailbox(session, name)}`);
    }
  }

  return {
    tellOthers,
    async push() {
      if (own?.filter.of === 'selected') await session.sync('yes');
      else if (own) await session.sync('noExpunge');
      await tellOthers();
    },
    async tellNew(selected, known) {
      const last = selected.view.uids.last();
      if (!own?.fetch || last <= known) return;
      const uids = selected.view.uids.within([{ low: known + 1, high: last }]);
      await fetchNew(session, selected, own.fetch, uids);
    },
    stop() {
      for (const stopWatching of unwatch) stopWatching();
    },
  };
}

async function watched(session: Session): Promise<Watched[]> {
  return (await folders(session)).flatMap((folder) =>
    folder.mailbox ? [{ ...folder, mailbox: folder.mailbox }] : [],
  );
}

function remember(list: readonly Watched[]): Map<number, Seen> {
  return new Map(
    list.map(({ name, mailbox }) => [
      mailbox.id,
      {
        name,
        total: mailbox.total,
        uidNext: mailbox.uidNext,
        modseq: mailbox.highestModseq,
        subscribed: mailbox.subscribed,
      },
    ]),
  );
}

/** The first group that names a mailbox decides (RFC 5465 §6). */
function chooser(
  session: Session,
  groups: readonly NotifyGroup[],
): (folder: Watched) => NotifyGroup | undefined {
  const tests = groups.map(({ filter }) => testOf(session, filter));
  return (folder) => groups[tests.findIndex((test) => test(folder))];
}

function testOf(session: Session, filter: NotifyGroup['filter']): (folder: Watched) => boolean {
  if (filter.of === 'inboxes') return ({ name }) => name === 'INBOX';
  if (filter.of === 'personal') return ({ shared }) => !shared;
  if (filter.of === 'subscribed') return ({ mailbox }) => mailbox.subscribed;
  if (!('names' in filter)) return () => false;
  const names = filter.names.map((name) => decodeMailboxName(name, utf8Names(session)));
  const below = filter.of === 'subtree';
  return ({ name }) => names.some((one) => name === one || (below && name.startsWith(`${one}/`)));
}

async function tellChange(
  session: Session,
  folder: Watched,
  before: Seen | undefined,
  group: NotifyGroup,
): Promise<void> {
  const { mailbox, name } = folder;
  const names = group.events.has('MAILBOXNAME') && before?.name !== name;
  const subscription =
    group.events.has('SUBSCRIPTIONCHANGE') &&
    before !== undefined &&
    before.subscribed !== mailbox.subscribed;
  if (names || subscription) {
    const attributes = mailbox.subscribed ? '\\Subscribed' : '';
    const old = names && before ? ` ("OLDNAME" (${writeMailbox(session, before.name)}))` : '';
    session.output.line(`* LIST (${attributes}) "/" ${writeMailbox(session, name)}${old}`);
  }
  if (mailbox.id === session.selected?.mailbox.id) return;
  const messages = before?.total !== mailbox.total || before.uidNext !== mailbox.uidNext;
  const flags = before?.modseq !== mailbox.highestModseq;
  if ((messages && group.events.has('MESSAGENEW')) || (flags && group.events.has('FLAGCHANGE')))
    await tellState(session, folder, group);
}

async function tellState(session: Session, { name, mailbox }: Watched, group: NotifyGroup): Promise<void> {
  await tellStatus(session, name, mailbox, [
    'MESSAGES',
    'UIDNEXT',
    'UIDVALIDITY',
    ...(group.events.has('FLAGCHANGE') ? (['UNSEEN'] as const) : []),
    ...(session.enabled.has('CONDSTORE') ? (['HIGHESTMODSEQ'] as const) : []),
  ]);
}
