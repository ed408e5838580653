import { ImapSyntaxError } from './errors.ts';
import { type FetchItem, readFetchItems } from './fetch.ts';
import type { Scanner } from './scanner.ts';

export type NotifyEvent =
  | 'MESSAGENEW'
  | 'MESSAGEEXPUNGE'
  | 'FLAGCHANGE'
  | 'MAILBOXNAME'
  | 'SUBSCRIPTIONCHANGE';

/** Which mailboxes a group of events is about (RFC 5465 §6). */
export type NotifyFilter =
  | { of: 'selected' | 'selected-delayed' | 'inboxes' | 'personal' | 'subscribed' }
  | { of: 'subtree' | 'mailboxes'; names: readonly Buffer[] };

export interface NotifyGroup {
  filter: NotifyFilter;
  events: ReadonlySet<NotifyEvent>;
  /** What to fetch of new messages in the selected mailbox. */
  fetch: readonly FetchItem[] | undefined;
}

export interface NotifyArguments {
  /** Tell the STATUS of every mailbox of the groups first. */
  status: boolean;
  /** Empty for NOTIFY NONE. */
  groups: readonly NotifyGroup[];
}

const EVENTS: readonly NotifyEvent[] = [
  'MESSAGENEW',
  'MESSAGEEXPUNGE',
  'FLAGCHANGE',
  'MAILBOXNAME',
  'SUBSCRIPTIONCHANGE',
];
/** Named by RFC 5465 §5 and not served; others are nothing at all. */
const UNSERVED = new Set(['ANNOTATIONCHANGE', 'MAILBOXMETADATACHANGE', 'SERVERMETADATACHANGE']);
const MAX_GROUPS = 50;
const MAX_NAMES = 200;

/** Reads `NONE` or `SET [STATUS] (filter events) …` (RFC 5465 §8). */
export function readNotifyArguments(scanner: Scanner): NotifyArguments {
  if (scanner.accept('NONE')) return { status: false, groups: [] };
  scanner.expect('SET');
  const status = scanner.accept(' STATUS');
  const groups: NotifyGroup[] = [];
  while (scanner.accept(' ')) {
    if (groups.length >= MAX_GROUPS) throw new ImapSyntaxError('Too many event groups');
    groups.push(readGroup(scanner));
  }
  if (groups.length === 0) throw new ImapSyntaxError('No event groups');
  const selected = groups.filter(
    ({ filter }) => filter.of === 'selected' || filter.of === 'selected-delayed',
  );
  if (selected.length > 1) throw new ImapSyntaxError('The selected mailbox may be named once');
  return { status, groups };
}

function readGroup(scanner: Scanner): NotifyGroup {
  scanner.expect('(');
  const filter = readFilter(scanner);
  scanner.space();
  const events = new Set<NotifyEvent>();
  let fetch: readonly FetchItem[] | undefined;
  if (!scanner.accept('NONE')) {
    scanner.list(() => {
      const event = readEvent(scanner);
      events.add(event);
      if (event === 'MESSAGENEW' && scanner.accept(' (')) {
        fetch = readFetchItems(scanner);
        scanner.expect(')');
      }
    }, 20);
  }
  scanner.expect(')');
  check(filter, events, fetch);
  return { filter, events, fetch };
}

function readFilter(scanner: Scanner): NotifyFilter {
  const name = scanner.keyword();
  switch (name) {
    case 'SELECTED':
      return { of: 'selected' };
    case 'SELECTED-DELAYED':
      return { of: 'selected-delayed' };
    case 'INBOXES':
      return { of: 'inboxes' };
    case 'PERSONAL':
      return { of: 'personal' };
    case 'SUBSCRIBED':
      return { of: 'subscribed' };
    case 'SUBTREE':
    case 'MAILBOXES': {
      scanner.space();
      const names =
        scanner.peek() === '(' ? scanner.list(() => scanner.astring(), MAX_NAMES) : [scanner.astring()];
      return { of: name === 'SUBTREE' ? 'subtree' : 'mailboxes', names };
    }
    default:
      throw new ImapSyntaxError('Unknown mailbox filter');
  }
}

function readEvent(scanner: Scanner): NotifyEvent {
  const name = scanner.keyword();
  const event = EVENTS.find((known) => known === name);
  if (event) return event;
  if (UNSERVED.has(name)) {
    const code = 'BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)';
    throw new ImapSyntaxError('This event is not supported', { code, refusal: true });
  }
  throw new ImapSyntaxError('Unknown event');
}

/** RFC 5465 §5: new and expunged go together, flags need both, and names are not of the selected mailbox. */
function check(
  filter: NotifyFilter,
  events: ReadonlySet<NotifyEvent>,
  fetch: readonly FetchItem[] | undefined,
): void {
  const both = events.has('MESSAGENEW') && events.has('MESSAGEEXPUNGE');
  if (events.has('MESSAGENEW') !== events.has('MESSAGEEXPUNGE') || (events.has('FLAGCHANGE') && !both))
    throw new ImapSyntaxError('MessageNew and MessageExpunge go together');
  const selected = filter.of === 'selected' || filter.of === 'selected-delayed';
  if (selected && (events.has('MAILBOXNAME') || events.has('SUBSCRIPTIONCHANGE')))
    throw new ImapSyntaxError('The selected mailbox has message events only');
  if (fetch && !selected) throw new ImapSyntaxError('Only of the selected mailbox messages can be fetched');
}
