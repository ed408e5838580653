import { useInfiniteQuery, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import {
  type Email,
  type EmailRow,
  fetchSession,
  type Identity,
  type JmapSession,
  jmap,
  type Mailbox,
} from './jmap.ts';

const PAGE = 50;
const ROW = [
  'id',
  'threadId',
  'mailboxIds',
  'keywords',
  'from',
  'to',
  'subject',
  'receivedAt',
  'preview',
  'hasAttachment',
];
const FULL = [
  ...ROW,
  'blobId',
  'cc',
  'bcc',
  'replyTo',
  'messageId',
  'inReplyTo',
  'references',
  'attachments',
  'textBody',
  'htmlBody',
  'bodyValues',
];

export interface MailAccount {
  id: string;
  name: string;
  personal: boolean;
}
export type Filter = 'all' | 'unread' | 'star';
export interface ListKey {
  account: string;
  mailbox: string | undefined;
  search: string;
  filter: Filter;
}
export interface Row extends EmailRow {
  /** Mails in the conversation. */
  count: number;
}

export const useMailSession = () =>
  useQuery({ queryKey: ['mail', 'session'], queryFn: fetchSession, staleTime: 10 * 60_000 });

/** One's own mailbox first, then the unit mailboxes that one may use. */
export function accountsOf(session: JmapSession): MailAccount[] {
  const own = session.primaryAccounts['urn:ietf:params:jmap:mail'];
  return Object.entries(session.accounts)
    .map(([id, account]) => ({ id, name: account.name, personal: account.isPersonal || id === own }))
    .sort((a, b) => Number(b.id === own) - Number(a.id === own) || a.name.localeCompare(b.name));
}

const mailboxesQuery = (account: string) => ({
  queryKey: ['mail', account, 'mailboxes'],
  queryFn: async () => {
    const [[, result]] = await jmap<[{ list: Mailbox[] }]>([
      ['Mailbox/get', { accountId: account, ids: null }, 'm'],
    ]);
    return result.list;
  },
});

export const useMailboxes = (account: string) => useQuery(mailboxesQuery(account));

/** Folders of all accounts, for the column at the left. */
export const useAllMailboxes = (accounts: MailAccount[]) =>
  useQueries({ queries: accounts.map((account) => mailboxesQuery(account.id)) });

export const useIdentities = (accounts: MailAccount[]) =>
  useQueries({
    queries: accounts.map((account) => ({
      queryKey: ['mail', account.id, 'identities'],
      staleTime: 10 * 60_000,
      queryFn: async () => {
        const [[, result]] = await jmap<[{ list: Identity[] }]>([
          ['Identity/get', { accountId: account.id, ids: null }, 'i'],
        ]);
        return result.list.map((identity) => ({ ...identity, accountId: account.id }));
      },
    })),
  });

function filterOf({ mailbox, search, filter }: ListKey) {
  const conditions: Record<string, unknown>[] = [];
  if (mailbox) conditions.push({ inMailbox: mailbox });
  if (search) conditions.push({ text: search });
  if (filter === 'unread') conditions.push({ notKeyword: '$seen' });
  if (filter === 'star') conditions.push({ hasKeyword: '$flagged' });
  if (conditions.length === 1) return conditions[0];
  return conditions.length === 0 ? null : { operator: 'AND', conditions };
}

interface Conversation {
  id: string;
  emailIds: string[];
}

/** A page starts after the last row of the one before, so that a list of 100,000 opens like one of 100. */
export function useEmailList(key: ListKey) {
  return useInfiniteQuery({
    queryKey: ['mail', key.account, 'list', key.mailbox, key.search, key.filter],
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const accountId = key.account;
      const [[, found], [, emails], [, threads]] = await jmap<
        [{ ids: string[] }, { list: EmailRow[] }, { list: Conversation[] }]
      >([
        [
          'Email/query',
          {
            accountId,
            filter: filterOf(key),
            sort: [{ property: 'receivedAt', isAscending: false }],
            collapseThreads: true,
            limit: PAGE,
            ...(pageParam && { anchor: pageParam, anchorOffset: 1 }),
          },
          'q',
        ],
        [
          'Email/get',
          { accountId, '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ROW },
          'e',
        ],
        [
          'Thread/get',
          { accountId, '#ids': { resultOf: 'e', name: 'Email/get', path: '/list/*/threadId' } },
          't',
        ],
      ]);
      const byId = new Map(emails.list.map((email) => [email.id, email]));
      const counts = new Map(threads.list.map((thread) => [thread.id, thread.emailIds.length]));
      const rows = found.ids.flatMap((id): Row[] => {
        const email = byId.get(id);
        return email ? [{ ...email, count: counts.get(email.threadId) ?? 1 }] : [];
      });
      return { rows, next: found.ids.length === PAGE ? found.ids[PAGE - 1] : undefined };
    },
    getNextPageParam: (last) => last.next,
  });
}

/** All mails of the conversation that `emailId` belongs to, oldest first. */
export function useConversation(account: string, emailId: string | undefined) {
  return useQuery({
    queryKey: ['mail', account, 'conversation', emailId],
    enabled: emailId !== undefined,
    queryFn: async () => {
      const [, [, threads], [, emails]] = await jmap<
        [{ list: EmailRow[] }, { list: Conversation[] }, { list: Email[] }]
      >([
        ['Email/get', { accountId: account, ids: [emailId], properties: ['threadId'] }, 'e'],
        [
          'Thread/get',
          { accountId: account, '#ids': { resultOf: 'e', name: 'Email/get', path: '/list/*/threadId' } },
          't',
        ],
        [
          'Email/get',
          {
            accountId: account,
            '#ids': { resultOf: 't', name: 'Thread/get', path: '/list/*/emailIds' },
            properties: FULL,
            fetchTextBodyValues: true,
            maxBodyValueBytes: 100_000,
          },
          'f',
        ],
      ]);
      const order = threads.list[0]?.emailIds ?? [];
      const byId = new Map(emails.list.map((email) => [email.id, email]));
      return order.flatMap((id) => byId.get(id) ?? []);
    },
  });
}

/** New mail shows at once: the server says which accounts changed. */
export function useMailEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource('/jmap/eventsource?types=*&closeafter=no&ping=60');
    source.addEventListener('state', (event) => {
      const change: { changed?: Record<string, unknown> } = JSON.parse(String(event.data));
      for (const account of Object.keys(change.changed ?? {})) {
        void client.invalidateQueries({ queryKey: ['mail', account, 'mailboxes'] });
        void client.invalidateQueries({ queryKey: ['mail', account, 'list'] });
        void client.invalidateQueries({ queryKey: ['mail', account, 'conversation'] });
      }
      void client.invalidateQueries({ queryKey: ['counts'] });
    });
    return () => source.close();
  }, [client]);
}
