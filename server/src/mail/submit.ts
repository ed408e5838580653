import type { Clock } from '../kit/clock/index.ts';
import type { Db } from '../kit/db/index.ts';
import type { MailLists } from './lists/index.ts';
import type { AddressBook } from './ports.ts';
import { formatDate } from './protocol/mime/index.ts';
import { parseMailbox } from './protocol/smtp/index.ts';
import { type Acceptor, type EnvelopeRecipient, newRef } from './queue/index.ts';
import { createFooterWriter, footerFor, type SendingLimits } from './sending/index.ts';
import type { Settings } from './settings/index.ts';
import { createHeaderSplitter, rewriteHeader } from './smtp/index.ts';
import { type BodyWriter, type Store, StoreError } from './store/index.ts';

export interface Submission {
  /** Who submits. */
  accountId: number;
  /** Envelope sender; must be an address that the account may send as. */
  sender: string;
  recipients: readonly { address: string; notify?: string; orcpt?: string }[];
  /** The message; Bcc is taken out, Date and Message-ID are added when missing. */
  message: AsyncIterable<Uint8Array>;
  ret?: 'FULL' | 'HDRS';
  envid?: string;
  /** Send later (FUTURERELEASE). */
  notBefore?: Date;
  remoteAddress?: string;
}

export type SubmitResult =
  | { ok: true; ref: string }
  | {
      ok: false;
      reason:
        | 'forbidden_from'
        | 'forbidden_mail_from'
        | 'no_recipients'
        | 'too_many_recipients'
        | 'invalid_recipients'
        | 'too_large'
        | 'invalid_message'
        /** Over the account's limit for now. */
        | 'over_limit'
        /** Until an administrator unlocks it. */
        | 'locked';
      text: string;
      /** Refused recipients with their SMTP answer, for invalid_recipients. */
      recipients?: { address: string; code: number; status: string; text: string }[];
    };

export type Submit = (submission: Submission) => Promise<SubmitResult>;

const MAX_RECIPIENTS = 1_000;
const MAX_HEADER = 512 * 1024;

/** Submission without SMTP: what JMAP's EmailSubmission and the web do, under the rules of the submission port. */
export function createSubmit(parts: {
  db: Db;
  store: Store;
  acceptor: Acceptor;
  sending: Pick<SendingLimits, 'take'>;
  settings: Settings;
  addressBook: AddressBook;
  lists?: Pick<MailLists, 'admit'> | undefined;
  clock: Clock;
  hostname: string;
  maxBytes: number;
}): Submit {
  const { db, store, acceptor, addressBook, clock, hostname } = parts;

  async function resolve({ recipients, accountId: submitter, sender }: Submission) {
    const good: EnvelopeRecipient[] = [];
    const bad: { address: string; code: number; status: string; text: string }[] = [];
    for (const { address, notify, orcpt } of recipients) {
      const path = parseMailbox(address);
      if (!path) {
        bad.push({ address, code: 501, status: '5.1.3', text: 'malformed' });
        continue;
      }
      const found = await addressBook.resolve(db, path.address);
      const list =
        found.kind === 'list'
          ? await parts.lists?.admit(db, found, { accountId: submitter, sender })
          : undefined;
      if (list && 'code' in list) bad.push({ address, ...list });
      else if (found.kind === 'list' && !list)
        bad.push({ address, code: 550, status: '5.1.1', text: 'no such mailbox' });
      else if (found.kind === 'unknown' || (found.kind === 'account' && found.state === 'deleted'))
        bad.push({ address, code: 550, status: '5.1.1', text: 'no such mailbox' });
      else if (found.kind === 'account' && found.state !== 'active')
        bad.push({ address, code: 550, status: '5.2.1', text: 'the mailbox is disabled' });
      else if (found.kind === 'account' && !(await store.hasRoom(db, found.accountId, found.quotaBytes, 0)))
        bad.push({ address, code: 452, status: '4.2.2', text: 'the mailbox is full' });
      else
        good.push({
          address: path.address,
          accountId: found.kind === 'account' ? found.accountId : undefined,
          shared: found.kind === 'account' && found.accountKind === 'unit',
          ...(list ? { listId: list.listId } : {}),
          notify,
          orcpt,
        });
    }
    return { good, bad };
  }

  return async (submission) => {
    const senders = await addressBook.senders(db, submission.accountId);
    const own = new Set(senders.map((sender) => sender.address.toLowerCase()));
    if (!own.has(submission.sender.toLowerCase()))
      return { ok: false, reason: 'forbidden_mail_from', text: `may not send as ${submission.sender}` };
    if (submission.recipients.length === 0)
      return { ok: false, reason: 'no_recipients', text: 'no recipients' };
    if (submission.recipients.length > MAX_RECIPIENTS)
      return { ok: false, reason: 'too_many_recipients', text: `at most ${MAX_RECIPIENTS} recipients` };
    const { good, bad } = await resolve(submission);
    if (bad.length > 0)
      return {
        ok: false,
        reason: 'invalid_recipients',
        text: 'some recipients were refused',
        recipients: bad,
      };
    const ref = newRef();
    const now = clock.now();
    const writer = store.newBody({ maxBytes: parts.maxBytes + MAX_HEADER });
    try {
      const received = `Received: from authenticated user ([${submission.sender}])\r\n\tby ${hostname} (Hongyan) with HTTP id ${ref};\r\n\t${formatDate(now)}\r\n`;
      await writer.write(Buffer.from(received));
      const footed = createFooterWriter(writer, footerFor(await parts.settings.get('footer'), good));
      const problem = await copyMessage(footed, submission.message, {
        now,
        domain: submission.sender.split('@')[1] ?? hostname,
        maySendAs: (address) => own.has(address.toLowerCase()),
      });
      if (problem) {
        await writer.abort();
        return { ok: false, reason: 'forbidden_from', text: problem };
      }
      await footed.end();
      const body = await writer.finish();
      if (body.size > parts.maxBytes + received.length + footed.added)
        return { ok: false, reason: 'too_large', text: `the limit is ${parts.maxBytes} octets` };
      const verdict = await parts.sending.take(
        { accountId: submission.accountId, address: submission.sender },
        good.length,
      );
      if (verdict.kind !== 'pass')
        return { ok: false, reason: verdict.kind === 'over' ? 'over_limit' : 'locked', text: verdict.text };
      const refusal = await acceptor.accept({
        ref,
        origin: 'submission',
        sender: submission.sender,
        accountId: submission.accountId,
        recipients: good,
        body,
        smtputf8: good.some((recipient) => /[^\x00-\x7f]/.test(recipient.address)),
        eightBit: true,
        ret: submission.ret,
        envid: submission.envid,
        sessionId: ref,
        remote: submission.remoteAddress,
        helo: undefined,
        tls: undefined,
        ...(submission.notBefore ? { notBefore: submission.notBefore } : {}),
      });
      if (refusal)
        return {
          ok: false,
          reason: 'invalid_recipients',
          text: refusal.text,
          recipients: good.map(({ address }) => ({ address, ...refusal })),
        };
      return { ok: true, ref };
    } catch (error) {
      await writer.abort();
      if (error instanceof StoreError && error.code === 'limit')
        return { ok: false, reason: 'too_large', text: `the limit is ${parts.maxBytes} octets` };
      throw error;
    }
  };
}

/** Copies the message with its header rewritten; returns what is wrong with it. */
async function copyMessage(
  writer: Pick<BodyWriter, 'write'>,
  message: AsyncIterable<Uint8Array>,
  rules: Parameters<typeof rewriteHeader>[1],
): Promise<string | undefined> {
  const splitter = createHeaderSplitter(MAX_HEADER);
  const writeHeader = async (split: { header: Buffer; rest: Buffer }) => {
    const rewritten = rewriteHeader(split.header, rules);
    if (!rewritten.ok) return rewritten.text;
    await writer.write(rewritten.header);
    await writer.write(split.rest);
    return undefined;
  };
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk);
    if (splitter.done) {
      await writer.write(bytes);
      continue;
    }
    const split = splitter.push(bytes);
    if (split === 'too_large') return 'the header is too large';
    const problem = split && (await writeHeader(split));
    if (problem) return problem;
  }
  return splitter.done ? undefined : writeHeader(splitter.finish());
}
