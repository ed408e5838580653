import { translate } from '../../kit/texts.ts';
import { fullTime } from '../../kit/time.ts';
import type { Address, Email, Identity } from '../jmap.ts';
import { formatAddress, nameOf } from '../names.ts';
import { texts } from '../texts.ts';

export type ReplyKind = 'reply' | 'all' | 'forward';
export type Sender = Identity & { accountId: string };

export interface DraftFile {
  key: string;
  name: string;
  type: string;
  size: number;
  blobId?: string;
  /** From 0 to 1 while it goes up; undefined when it is there. */
  progress?: number;
}

export interface Draft {
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  html: string;
  /** The mail that is answered or forwarded, as HTML below one's own words. */
  quote: string;
  files: DraftFile[];
  inReplyTo: string[];
  references: string[];
  /** The answered mail, marked as such after sending. */
  answered?: { accountId: string; emailId: string; keyword: '$answered' | '$forwarded' };
  /** The draft on the server that this one continues. */
  stored?: { accountId: string; emailId: string };
  sender: Sender;
}

const escapes = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => escapes.get(letter) ?? letter);

/** What a reader without HTML sees. */
export function textOf(html: string): string {
  // Looks do not matter here, and our own content security policy would complain about each of them.
  const plain = html.replace(/\sstyle=("[^"]*"|'[^']*')/gi, '').replace(/<style[\s\S]*?<\/style>/gi, '');
  const page = new DOMParser().parseFromString(plain, 'text/html');
  for (const line of page.querySelectorAll('br')) line.replaceWith('\n');
  for (const block of page.querySelectorAll('p, div, li, blockquote, tr, h1, h2, h3')) block.append('\n');
  return (page.body.textContent ?? '').replace(/\n{3,}/g, '\n\n').trim();
}

export function emptyDraft(sender: Sender, to: Address[] = []): Draft {
  return {
    to,
    cc: [],
    bcc: [],
    subject: '',
    html: '',
    quote: '',
    files: [],
    inReplyTo: [],
    references: [],
    sender,
  };
}

/**
 * The body of the sanitised document. Its pictures lie behind links that only the reader may open, so they
 * stay out of what goes to others.
 */
export function quotable(html: string): string {
  const body = /<body[^>]*>([\s\S]*)<\/body>/i.exec(html)?.[1] ?? html;
  return body.replace(/<img\b[^>]*\/mail-picture[^>]*>/gi, '').trim();
}

export const bodyText = (email: Email): string =>
  email.textBody.map((part) => email.bodyValues[part.partId ?? '']?.value ?? '').join('\n');

const withPrefix = (prefix: string, subject: string): string =>
  subject.toLowerCase().startsWith(prefix.toLowerCase()) ? subject : `${prefix} ${subject}`;

function headOf(email: Email): string {
  const lines = [
    translate(texts, 'forwarded'),
    `${translate(texts, 'from')}: ${(email.from ?? []).map(formatAddress).join(', ')}`,
    `${translate(texts, 'to')}: ${(email.to ?? []).map(formatAddress).join(', ')}`,
    `${translate(texts, 'subject')}: ${email.subject ?? ''}`,
    fullTime(email.receivedAt),
  ];
  return `<p>${lines.map(escapeHtml).join('<br>')}</p>`;
}

/** `html` is the sanitised original. Own addresses never answer themselves. */
export function replyTo(
  email: Email,
  kind: ReplyKind,
  html: string,
  sender: Sender,
  own: ReadonlySet<string>,
): Draft {
  const subject = email.subject ?? '';
  const answered = {
    accountId: sender.accountId,
    emailId: email.id,
    keyword: kind === 'forward' ? ('$forwarded' as const) : ('$answered' as const),
  };
  if (kind === 'forward') {
    return {
      ...emptyDraft(sender),
      subject: withPrefix('Fwd:', subject),
      quote: `${headOf(email)}${html}`,
      files: email.attachments.flatMap((part) =>
        part.blobId
          ? [
              {
                key: part.blobId,
                name: part.name ?? 'file',
                type: part.type,
                size: part.size,
                blobId: part.blobId,
              },
            ]
          : [],
      ),
      answered,
    };
  }
  const mine = (email.from ?? []).some((address) => own.has(address.email.toLowerCase()));
  const first = mine ? (email.to ?? []) : email.replyTo?.length ? email.replyTo : (email.from ?? []);
  const seen = new Set(first.map((address) => address.email.toLowerCase()));
  const others = [...(mine ? [] : (email.to ?? [])), ...(email.cc ?? [])].filter((address) => {
    const key = address.email.toLowerCase();
    if (own.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const ids = email.messageId ?? [];
  const said = translate(texts, 'wrote', {
    time: fullTime(email.receivedAt),
    name: nameOf(email.from?.[0]),
  });
  return {
    ...emptyDraft(sender, first),
    cc: kind === 'all' ? others : [],
    subject: withPrefix('Re:', subject),
    quote: `<p>${escapeHtml(said)}</p><blockquote>${html}</blockquote>`,
    inReplyTo: ids,
    references: [...(email.references ?? email.inReplyTo ?? []), ...ids],
    answered,
  };
}

/** A stored draft opened again. */
export function fromStored(email: Email, sender: Sender, html: string): Draft {
  return {
    ...emptyDraft(sender, email.to ?? []),
    cc: email.cc ?? [],
    bcc: email.bcc ?? [],
    subject: email.subject ?? '',
    html,
    files: email.attachments.flatMap((part) =>
      part.blobId
        ? [
            {
              key: part.blobId,
              name: part.name ?? 'file',
              type: part.type,
              size: part.size,
              blobId: part.blobId,
            },
          ]
        : [],
    ),
    inReplyTo: email.inReplyTo ?? [],
    references: email.references ?? [],
    stored: { accountId: sender.accountId, emailId: email.id },
  };
}

/** As JMAP wants it: text and HTML, files by their blobs. */
export function toEmail(draft: Draft, mailboxId: string): Record<string, unknown> {
  const html = [draft.html, draft.quote].filter(Boolean).join('<br>');
  const files = draft.files.filter((file) => file.blobId);
  return {
    mailboxIds: { [mailboxId]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: draft.sender.name || null, email: draft.sender.email }],
    to: draft.to,
    ...(draft.cc.length > 0 && { cc: draft.cc }),
    ...(draft.bcc.length > 0 && { bcc: draft.bcc }),
    subject: draft.subject,
    ...(draft.inReplyTo.length > 0 && { inReplyTo: draft.inReplyTo }),
    ...(draft.references.length > 0 && { references: draft.references }),
    bodyValues: { text: { value: textOf(html) }, html: { value: html || '<p></p>' } },
    textBody: [{ partId: 'text', type: 'text/plain' }],
    htmlBody: [{ partId: 'html', type: 'text/html' }],
    attachments: files.map((file) => ({
      blobId: file.blobId,
      type: file.type,
      name: file.name,
      disposition: 'attachment',
    })),
  };
}
