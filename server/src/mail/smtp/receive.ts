import { isDatabaseUnavailable } from '../../kit/db/index.ts';
import {
  type CheckVerdict,
  checkLoop,
  checkSize,
  type InboundMessage,
  newFindings,
  type SignatureWatch,
  withoutForgedResults,
} from '../checks/index.ts';
import { newRef, type Refusal } from '../queue/index.ts';
import { createFooterWriter, type FooterWriter, footerFor } from '../sending/index.ts';
import { type BodyWriter, type StoredBody, StoreError } from '../store/index.ts';
import { createHeaderSplitter, rewriteHeader } from './header-rewriter.ts';
import { LIMITS } from './limits.ts';
import { perRecipient } from './per-recipient.ts';
import { receivedField } from './received.ts';
import type { ChunkedMessage, Reply, SmtpEnvelope, SmtpSession } from './types.ts';

interface Received extends InboundMessage {
  session: SmtpSession;
  /** Recipients that are lists which let this sender write for his address alone. */
  lists: number;
}

type Step = (received: Received) => Promise<CheckVerdict> | CheckVerdict;

/**
 * What a message goes through between its last byte and our 250, in this order. Each step passes it, refuses it or
 * puts it off; the first that does not pass it answers.
 */
const STEPS: readonly Step[] = [
  ({ body, session }) => checkSize(body.size, session.parts.maxBytes + LIMITS.header),
  ({ body }) => checkLoop(body.parsed),
  fromOutside((received) => received.session.parts.checks.authenticate(received)),
  fromOutside(checkListSender),
  (received) => received.session.parts.checks.virus(received),
  fromOutside((received) => received.session.parts.checks.spam(received)),
  mayStillSend,
];

/** A list that knows its senders by address alone must not believe one whose domain says that the mail is not its own. */
function checkListSender({ lists, findings }: Received): CheckVerdict {
  const disowned = /\b(?:spf=(?:soft)?fail|dmarc=fail)\b/.test(findings.header.join(''));
  if (lists === 0 || findings.authenticated || !disowned) return { kind: 'pass' };
  const text = 'The sender of this list is not proven: SPF, DKIM or DMARC fails';
  return { kind: 'reject', code: 550, status: '5.7.1', text };
}

/** A step for mail of others only: our people have signed in. */
function fromOutside(step: Step): Step {
  return (received) => (received.session.mode === 'submission' ? { kind: 'pass' } : step(received));
}

/** Limits of the account that signed in; last, so that what is refused for other reasons is not counted. */
async function mayStillSend({ session, recipients }: Received): Promise<CheckVerdict> {
  if (!session.account) return { kind: 'pass' };
  const verdict = await session.parts.sending.take(session.account, recipients.length);
  if (verdict.kind === 'pass') return verdict;
  return verdict.kind === 'over'
    ? { kind: 'defer', code: 452, status: '4.7.1', text: verdict.text }
    : { kind: 'reject', code: 554, status: '5.7.1', text: verdict.text };
}

/** Takes one message: pieces go in, one reply comes out. Nothing is promised before `finish` says 250. */
export function receiveMessage(session: SmtpSession, envelope: SmtpEnvelope): ChunkedMessage {
  const { parts } = session;
  const ref = newRef();
  // Room for what we add on top, so that the client's own octets are what counts.
  const writer = parts.store.newBody({ maxBytes: parts.maxBytes + LIMITS.header });
  const intake = createIntake(session, envelope, writer, ref);
  let failure: Reply | undefined;
  let each: Reply[] | undefined;
  let octets = 0;

  async function guarded(act: () => Promise<Reply | undefined>): Promise<void> {
    if (failure) return;
    try {
      failure = await act();
    } catch (error) {
      failure = failureReply(session, error);
    }
    if (failure) {
      intake.abort();
      await writer.abort();
    }
  }

  return {
    async write(chunk) {
      octets += chunk.length;
      await guarded(async () => {
        const verdict = checkSize(octets, parts.maxBytes);
        return verdict.kind === 'pass' ? intake.write(chunk) : replyOf(verdict);
      });
    },
    async finish() {
      await guarded(() => intake.end());
      await guarded(async () => {
        const received = await gather(session, envelope, ref, await writer.finish(), intake);
        const refused = await judge(received);
        if (refused) return refused;
        if (await hold(received, envelope)) return undefined;
        const recipients = await takeReport(received, envelope);
        if (!recipients) return NO_REPORT;
        if (recipients.length === 0) return undefined;
        if (session.mode === 'lmtp') {
          each = await acceptEach(received, envelope, recipients);
          return undefined;
        }
        const refusal = await accept(received, envelope, recipients, ref);
        return refusal && { code: refusal.code, enhanced: refusal.status, text: refusal.text };
      });
      if (failure) {
        const text = typeof failure.text === 'string' ? failure.text : failure.text.join(' ');
        parts.trace({
          sessionId: session.id,
          sender: envelope.sender?.address ?? '',
          address: envelope.recipients[0]?.address,
          event: 'refused',
          status: `${failure.code} ${failure.enhanced ?? ''}`,
          detail: text,
        });
        return perRecipient(session, envelope, failure);
      }
      session.messages++;
      const [first, ...more] = each ?? [];
      if (first) return { ...first, more };
      return perRecipient(session, envelope, { code: 250, enhanced: '2.0.0', text: `OK queued as ${ref}` });
    },
    async abort() {
      intake.abort();
      await writer.abort();
    },
  };
}

/** Puts Received on top and passes the header through the rules of the house; signatures are read on the way. */
function createIntake(session: SmtpSession, envelope: SmtpEnvelope, writer: BodyWriter, ref: string) {
  const { parts } = session;
  const now = parts.clock.now();
  const splitter = createHeaderSplitter(LIMITS.header);
  let signatures: SignatureWatch | undefined;
  let footed: FooterWriter | undefined;
  let started = false;

  async function start(): Promise<void> {
    if (!started) await writer.write(Buffer.from(receivedField(session, ref, now)));
    started = true;
  }

  async function writeForeignHeader(split: { header: Buffer; rest: Buffer }): Promise<undefined> {
    signatures = parts.checks.watch(split.header);
    await writer.write(withoutForgedResults(split.header, parts.hostname));
    await writeRest(split.rest);
  }

  async function writeRest(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    await signatures?.write(chunk);
    await (footed ?? writer).write(chunk);
  }

  async function writeHeader(split: { header: Buffer; rest: Buffer }): Promise<Reply | undefined> {
    if (session.mode !== 'submission') return writeForeignHeader(split);
    const own = new Set((session.senders ?? []).map((sender) => sender.address.toLowerCase()));
    const domain = session.account?.address.split('@')[1] ?? parts.hostname;
    const rewritten = rewriteHeader(split.header, {
      now,
      domain,
      maySendAs: (address) => own.has(address.toLowerCase()),
    });
    if (!rewritten.ok) return { code: 550, enhanced: '5.7.1', text: rewritten.text };
    const { footer } = await parts.checks.settings();
    const wanted = envelope.body === 'BINARYMIME' ? undefined : footerFor(footer, envelope.recipients);
    if (wanted) footed = createFooterWriter(writer, wanted);
    await (footed ?? writer).write(rewritten.header);
    await writeRest(split.rest);
    return undefined;
  }

  return {
    async write(chunk: Buffer): Promise<Reply | undefined> {
      await start();
      if (splitter.done) {
        await writeRest(chunk);
        return undefined;
      }
      const split = splitter.push(chunk);
      if (split === undefined) return undefined;
      if (split === 'too_large') return { code: 552, enhanced: '5.3.4', text: 'The header is too large' };
      return writeHeader(split);
    },
    async end(): Promise<Reply | undefined> {
      await start();
      if (!splitter.done) {
        const { header, rest } = splitter.finish();
        // What others send stays as it is, also when it has no body.
        const refused = await writeHeader({
          header,
          rest: session.mode === 'submission' ? rest : Buffer.alloc(0),
        });
        if (refused) return refused;
      }
      await footed?.end();
      return undefined;
    },
    signatures: () => signatures?.finish() ?? Promise.resolve(undefined),
    abort: () => signatures?.abort(),
  };
}

async function gather(
  session: SmtpSession,
  envelope: SmtpEnvelope,
  ref: string,
  body: StoredBody,
  intake: ReturnType<typeof createIntake>,
): Promise<Received> {
  const { socket, parts } = session;
  const findings = newFindings();
  if (session.client?.junk) Object.assign(findings, { junk: true, detail: session.client.notes.join('; ') });
  return {
    session,
    ref,
    client: { address: socket.remoteAddress, helo: session.helo ?? '' },
    relayed: session.mode === 'lmtp',
    own: session.mode === 'submission',
    sender: envelope.sender?.address ?? '',
    recipients: envelope.recipients.map((recipient) => recipient.address),
    lists: envelope.recipients.filter((recipient) => recipient.byAddress).length,
    body,
    signatures: await intake.signatures(),
    settings: await parts.checks.settings(),
    findings,
  };
}

async function judge(received: Received): Promise<Reply | undefined> {
  for (const step of STEPS) {
    const verdict = await step(received);
    if (verdict.kind !== 'pass') return replyOf(verdict);
  }
  return undefined;
}

function replyOf(verdict: Exclude<CheckVerdict, { kind: 'pass' }>): Reply {
  return { code: verdict.code, enhanced: verdict.status, text: verdict.text };
}

const NO_REPORT: Reply = { code: 554, enhanced: '5.6.0', text: 'There is no DMARC report about us in it' };

/**
 * Reads a DMARC report that is sent to us. Answers the recipients that remain: the address may be a mailbox as well;
 * undefined when nobody else wants the message and it holds no report.
 */
async function takeReport(
  { session, body, findings }: Received,
  envelope: SmtpEnvelope,
): Promise<SmtpEnvelope['recipients'] | undefined> {
  const { reports } = session.parts;
  const targets = new Set<string>();
  for (const { address } of envelope.recipients) if (await reports.isTarget(address)) targets.add(address);
  if (targets.size === 0) return envelope.recipients;
  const read = await reports.take(body, findings.authenticated);
  const others = envelope.recipients.filter(
    (one) => one.accountId !== undefined || !targets.has(one.address),
  );
  return read || others.length > 0 ? others : undefined;
}

/** Keeps what the checks call spam or a virus away from the mailboxes, where the settings say so. */
async function hold(received: Received, envelope: SmtpEnvelope): Promise<boolean> {
  const { session, findings, settings, body, ref } = received;
  const spam = findings.junk && settings.quarantine.spam && !received.own;
  const why =
    findings.hold ?? (spam ? { reason: 'spam' as const, detail: findings.detail ?? '' } : undefined);
  if (!why) return false;
  await session.parts.quarantine.hold({
    ref,
    sessionId: session.id,
    sender: received.sender,
    recipients: envelope.recipients,
    body,
    ...why,
    header: Buffer.from(findings.header.join('')),
    authenticated: findings.authenticated,
    smtputf8: envelope.smtputf8,
    remote: session.socket.remoteAddress,
    helo: session.helo,
  });
  return true;
}

/** LMTP wants a verdict for each recipient: each gets a transfer of its own, and its mailbox may refuse alone. */
async function acceptEach(
  received: Received,
  envelope: SmtpEnvelope,
  recipients: SmtpEnvelope['recipients'],
): Promise<Reply[]> {
  return Promise.all(
    envelope.recipients.map(async (recipient): Promise<Reply> => {
      const ref = newRef();
      // A report that was read needs no delivery.
      if (!recipients.includes(recipient)) return { code: 250, enhanced: '2.0.0', text: 'OK' };
      try {
        const refusal = await accept(received, envelope, [recipient], ref);
        if (refusal) return { code: refusal.code, enhanced: refusal.status, text: refusal.text };
        return { code: 250, enhanced: '2.0.0', text: `${recipient.address} OK queued as ${ref}` };
      } catch (error) {
        return failureReply(received.session, error);
      }
    }),
  );
}

async function accept(
  received: Received,
  envelope: SmtpEnvelope,
  recipients: SmtpEnvelope['recipients'],
  ref: string,
): Promise<Refusal | undefined> {
  const { session, body, findings } = received;
  const { socket } = session;
  return session.parts.acceptor.accept({
    ref,
    origin: session.mode === 'submission' ? 'submission' : 'mx',
    sender: envelope.sender?.address ?? '',
    accountId: session.account?.accountId,
    recipients,
    body,
    smtputf8: envelope.smtputf8,
    eightBit: envelope.body !== '7BIT',
    binary: envelope.body === 'BINARYMIME',
    ...(envelope.notBefore ? { notBefore: envelope.notBefore } : {}),
    ret: envelope.ret,
    envid: envelope.envid,
    sessionId: session.id,
    remote: socket.remoteAddress,
    helo: session.helo,
    tls: socket.tls?.getProtocol() ?? undefined,
    ...(findings.header.length > 0 ? { header: Buffer.from(findings.header.join('')) } : {}),
    junk: findings.junk,
    authenticated: findings.authenticated || session.account !== undefined,
  });
}

/** Our trouble is temporary for the client: it keeps the message and comes back. */
function failureReply(session: SmtpSession, error: unknown): Reply {
  if (error instanceof StoreError && error.code === 'limit')
    return { code: 552, enhanced: '5.3.4', text: 'Message too large' };
  session.parts.log.error({ err: error, session: session.id }, 'a message could not be taken');
  if (isDatabaseUnavailable(error))
    return { code: 451, enhanced: '4.3.0', text: 'Storage is away, try again later' };
  return { code: 451, enhanced: '4.3.0', text: 'The message could not be stored, try again later' };
}
