import { App } from 'antd';
import { useCallback, useState } from 'react';
import { messageOf } from '../kit/api.ts';
import {
  bodyText,
  type Draft,
  emptyDraft,
  escapeHtml,
  fromStored,
  quotable,
  type ReplyKind,
  replyTo,
  type Sender,
} from './compose/draft.ts';
import { type Email, jmap } from './jmap.ts';
import { fetchMailView } from './mail-frame.tsx';
import { parseAddress } from './names.ts';
import { type MailAccount, useIdentities } from './queries.ts';

const PROPERTIES = [
  'id',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'attachments',
  'textBody',
  'htmlBody',
  'bodyValues',
  'keywords',
];

const paragraphs = (text: string): string =>
  text
    .split(/\n/)
    .map((line) => `<div>${escapeHtml(line) || '<br>'}</div>`)
    .join('');

/** One mail is written at a time; opening another one keeps the first as a draft. */
export function useComposer(accounts: MailAccount[], account: MailAccount) {
  const { message } = App.useApp();
  const [draft, setDraft] = useState<Draft>();
  const [number, setNumber] = useState(0);
  const identities = useIdentities(accounts);
  const senders: Sender[] = identities.flatMap((query) => query.data ?? []);
  const sender = senders.find((one) => one.accountId === account.id) ?? senders[0];
  const own = new Set(senders.map((one) => one.email.toLowerCase()));

  const start = useCallback((next: Draft) => {
    setDraft(next);
    setNumber((before) => before + 1);
  }, []);
  const writeTo = useCallback(
    (address: string) => {
      const parsed = parseAddress(address);
      if (sender) start(emptyDraft(sender, parsed ? [parsed] : []));
    },
    [sender, start],
  );

  const fetchEmail = async (id: string): Promise<Email | undefined> => {
    const [[, result]] = await jmap<[{ list: Email[] }]>([
      [
        'Email/get',
        {
          accountId: account.id,
          ids: [id],
          properties: PROPERTIES,
          fetchTextBodyValues: true,
          fetchHTMLBodyValues: true,
          maxBodyValueBytes: 500_000,
        },
        'e',
      ],
    ]);
    return result.list[0];
  };
  const reply = async (email: Email, kind: ReplyKind) => {
    if (!sender) return;
    const html = await fetchMailView(account.id, email.id, false)
      .then((view) => quotable(view.html))
      .catch(() => paragraphs(bodyText(email)));
    start(replyTo(email, kind, html, sender, own));
  };
  const tell = (error: unknown) => {
    message.error(messageOf(error));
    return undefined;
  };

  return {
    draft,
    number,
    senders,
    ready: sender !== undefined,
    write: () => {
      if (sender) start(emptyDraft(sender));
    },
    writeTo,
    reply,
    replyToId: async (id: string, kind: ReplyKind) => {
      const email = await fetchEmail(id).catch(tell);
      if (email) await reply(email, kind);
    },
    reopen: async (id: string) => {
      const email = await fetchEmail(id).catch(tell);
      if (!email || !sender) return;
      const from = senders.find(
        (one) => one.accountId === account.id && one.email === email.from?.[0]?.email,
      );
      const html = email.htmlBody.map((part) => email.bodyValues[part.partId ?? '']?.value ?? '').join('');
      start(fromStored(email, from ?? sender, html || paragraphs(bodyText(email))));
    },
    close: () => setDraft(undefined),
  };
}
