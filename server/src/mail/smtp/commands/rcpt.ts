import { setTimeout as pause } from 'node:timers/promises';
import type { ResolvedAddress } from '../../ports.ts';
import { type Path, parsePath } from '../../protocol/smtp/index.ts';
import type { EnvelopeRecipient } from '../../queue/index.ts';
import { LIMITS } from '../limits.ts';
import type { Handler, Reply, SmtpEnvelope, SmtpSession } from '../types.ts';

const NOTIFY = new Set(['SUCCESS', 'FAILURE', 'DELAY']);

/** RCPT TO (RFC 5321 §4.1.1.3): every recipient is known or refused here, so no bounce has to be sent later. */
export const rcpt: Handler = async (session, rest) => {
  const { envelope, parts } = session;
  if (!envelope) return { code: 503, enhanced: '5.5.1', text: 'Give the sender first' };
  if (session.chunks) return { code: 503, enhanced: '5.5.1', text: 'The message has begun' };
  if (!/^TO:/i.test(rest)) return { code: 501, enhanced: '5.5.4', text: 'Syntax: RCPT TO:<address>' };
  if (envelope.recipients.length >= LIMITS.recipients)
    return { code: 452, enhanced: '4.5.3', text: 'Too many recipients' };
  const [primary = parts.hostname] = await parts.addressBook.domains(parts.db);
  const parsed = parsePath(rest.slice(3), { allowNull: false, domain: primary });
  if (!parsed?.path) return { code: 501, enhanced: '5.1.3', text: 'The recipient address is malformed' };
  if (parsed.path.utf8 && !envelope.smtputf8)
    return { code: 553, enhanced: '5.6.7', text: 'This address needs SMTPUTF8' };
  const dsn = readDsn(parsed.params);
  if ('code' in dsn) return dsn;
  const found = await admit(session, envelope, parsed.path);
  if ('code' in found) {
    const sender = envelope.sender?.address ?? '';
    const text = typeof found.text === 'string' ? found.text : '';
    parts.trace({
      sessionId: session.id,
      sender,
      address: parsed.path.address,
      event: 'refused',
      status: `${found.code} ${found.enhanced ?? ''}`,
      detail: text,
    });
    return found;
  }
  envelope.recipients.push({ address: parsed.path.address, ...found, ...dsn });
  return { code: 250, enhanced: '2.1.5', text: 'OK' };
};

/** Known here, and let in by the gate; one who tries many wrong names waits for each answer. */
async function admit(
  session: SmtpSession,
  envelope: SmtpEnvelope,
  path: Path,
): Promise<Pick<EnvelopeRecipient, 'accountId' | 'shared'> | Reply> {
  const found = await resolve(session, envelope, path);
  if (session.mode !== 'mx') return found;
  const { gate } = session.parts;
  if ('code' in found) {
    if (found.code !== 550) return found;
    const wait = await gate.tarpitMs(++session.wrongRecipients);
    if (wait > 0) await pause(wait);
    return found;
  }
  const client = { address: session.socket.remoteAddress, helo: session.helo ?? '' };
  const verdict = await gate.rcpt(client, envelope.sender?.address ?? '', path.address);
  if (verdict.kind === 'pass') return found;
  return { code: verdict.code, enhanced: verdict.status, text: verdict.text };
}

async function resolve(
  session: SmtpSession,
  envelope: SmtpEnvelope,
  path: Path,
): Promise<
  (Pick<EnvelopeRecipient, 'accountId' | 'shared' | 'listId' | 'byAddress'> & { address?: string }) | Reply
> {
  const { parts } = session;
  // Only bounces come back to a rewritten sender: nobody else can use it to reach the world through us.
  const bounced = envelope.sender === undefined ? parts.bounceTarget?.(path.address) : undefined;
  if (bounced !== undefined) return { address: bounced, accountId: undefined, shared: false };
  const { addressBook } = parts;
  const found = await (addressBook.resolveOften ?? addressBook.resolve)(parts.db, path.address);
  const nobody = found.kind === 'unknown' || (found.kind === 'account' && found.via === 'catch_all');
  if (nobody && (await parts.reports.isTarget(path.address))) return { accountId: undefined, shared: false };
  if (found.kind === 'unknown') {
    return { code: 550, enhanced: '5.1.1', text: `There is no mailbox ${path.address}` };
  }
  if (found.kind === 'foreign') {
    if (session.mode === 'submission') return { accountId: undefined, shared: false };
    return { code: 550, enhanced: '5.7.1', text: 'We do not relay' };
  }
  if (found.kind === 'list') return resolveList(session, envelope, path, found);
  if (found.state === 'deleted')
    return { code: 550, enhanced: '5.1.1', text: `There is no mailbox ${path.address}` };
  if (found.state !== 'active')
    return { code: 550, enhanced: '5.2.1', text: `The mailbox ${path.address} is disabled` };
  if (!(await parts.store.hasRoom(parts.db, found.accountId, found.quotaBytes, envelope.size ?? 0)))
    return { code: 452, enhanced: '4.2.2', text: `The mailbox ${path.address} is full` };
  return { accountId: found.accountId, shared: found.accountKind === 'unit' };
}

/** ADM-5: whether the list takes it is said here, while the sender is still there to hear it. */
async function resolveList(
  { parts, account }: SmtpSession,
  envelope: SmtpEnvelope,
  path: Path,
  found: Extract<ResolvedAddress, { kind: 'list' }>,
): Promise<Pick<EnvelopeRecipient, 'accountId' | 'shared' | 'listId' | 'byAddress'> | Reply> {
  const facts = { accountId: account?.accountId, sender: envelope.sender?.address ?? '' };
  const admitted = await parts.lists?.admit(parts.db, found, facts);
  if (!admitted) return { code: 550, enhanced: '5.1.1', text: `There is no mailbox ${path.address}` };
  if ('code' in admitted) return { code: admitted.code, enhanced: admitted.status, text: admitted.text };
  return { accountId: undefined, shared: false, ...admitted };
}

function readDsn(
  params: Map<string, string | undefined>,
): Pick<EnvelopeRecipient, 'notify' | 'orcpt'> | Reply {
  let notify: string | undefined;
  let orcpt: string | undefined;
  for (const [name, value] of params) {
    if (name === 'NOTIFY') {
      const words = (value ?? '').toUpperCase().split(',');
      const good =
        words.length === 1 && words[0] === 'NEVER' ? true : words.every((word) => NOTIFY.has(word));
      if (!good) return { code: 501, enhanced: '5.5.4', text: 'NOTIFY has a wrong value' };
      notify = words.join(',');
    } else if (name === 'ORCPT') {
      if (value === undefined || !/^[A-Za-z0-9-]{1,40};.{1,500}$/.test(value))
        return { code: 501, enhanced: '5.5.4', text: 'ORCPT has a wrong value' };
      orcpt = value;
    } else return { code: 555, enhanced: '5.5.4', text: `The parameter ${name} is not known here` };
  }
  return { notify, orcpt };
}
