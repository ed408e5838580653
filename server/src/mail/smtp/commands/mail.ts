import { decodeXtext, parsePath } from '../../protocol/smtp/index.ts';
import { LIMITS } from '../limits.ts';
import type { Handler, Reply, SmtpEnvelope, SmtpSession } from '../types.ts';
import { releaseTime } from './future-release.ts';

/** MAIL FROM (RFC 5321 §4.1.1.2) with SIZE, BODY, SMTPUTF8, RET, ENVID, AUTH, HOLDFOR, HOLDUNTIL. */
export const mail: Handler = async (session, rest) => {
  if (session.helo === undefined) return { code: 503, enhanced: '5.5.1', text: 'Say EHLO first' };
  if (session.envelope) return { code: 503, enhanced: '5.5.1', text: 'The sender is given already' };
  if (session.mode === 'submission' && !session.account)
    return { code: 530, enhanced: '5.7.0', text: 'Please sign in first' };
  if (session.messages >= LIMITS.messages)
    return { code: 421, enhanced: '4.7.0', text: 'Too many messages on one connection', close: true };
  if (!/^FROM:/i.test(rest)) return { code: 501, enhanced: '5.5.4', text: 'Syntax: MAIL FROM:<address>' };
  const parsed = parsePath(rest.slice(5), { allowNull: true, domain: session.parts.hostname });
  if (!parsed) return { code: 501, enhanced: '5.1.7', text: 'The sender address is malformed' };
  const envelope: SmtpEnvelope = {
    sender: parsed.path,
    size: undefined,
    body: '7BIT',
    smtputf8: false,
    ret: undefined,
    envid: undefined,
    notBefore: undefined,
    recipients: [],
  };
  for (const [name, value] of parsed.params) {
    const problem = applyParameter(session, envelope, name, value);
    if (problem) return problem;
  }
  if (parsed.path?.utf8 && !envelope.smtputf8)
    return { code: 553, enhanced: '5.6.7', text: 'This address needs SMTPUTF8' };
  const problem =
    session.mode === 'submission'
      ? await checkSender(session, envelope)
      : session.mode === 'mx'
        ? await askGate(session, envelope.sender?.address ?? '')
        : undefined;
  if (problem) return problem;
  session.envelope = envelope;
  return { code: 250, enhanced: '2.1.0', text: 'OK' };
};

/** Reputation, manners and limits of a client from outside. */
async function askGate(session: SmtpSession, sender: string): Promise<Reply | undefined> {
  const { gate } = session.parts;
  const client = { address: session.socket.remoteAddress, helo: session.helo ?? '' };
  if (!session.client) {
    const judged = await gate.judge(client);
    if (judged.kind !== 'pass') return { code: judged.code, enhanced: judged.status, text: judged.text };
    session.client = judged.report;
  }
  const verdict = await gate.mail(client, sender);
  return verdict.kind === 'pass'
    ? undefined
    : { code: verdict.code, enhanced: verdict.status, text: verdict.text };
}

function applyParameter(
  session: SmtpSession,
  envelope: SmtpEnvelope,
  name: string,
  value: string | undefined,
): Reply | undefined {
  const bad: Reply = { code: 501, enhanced: '5.5.4', text: `${name} has a wrong value` };
  const unknown: Reply = { code: 555, enhanced: '5.5.4', text: `The parameter ${name} is not known here` };
  switch (name) {
    case 'SIZE':
      if (value === undefined || !/^\d{1,15}$/.test(value)) return bad;
      envelope.size = Number(value);
      return envelope.size > session.parts.maxBytes
        ? {
            code: 552,
            enhanced: '5.3.4',
            text: `Message too large, the limit is ${session.parts.maxBytes} octets`,
          }
        : undefined;
    case 'BODY': {
      const body = value?.toUpperCase();
      if (body !== '7BIT' && body !== '8BITMIME' && body !== 'BINARYMIME') return bad;
      envelope.body = body;
      return undefined;
    }
    case 'SMTPUTF8':
      envelope.smtputf8 = true;
      return value === undefined ? undefined : bad;
    case 'RET': {
      const ret = value?.toUpperCase();
      if (ret !== 'FULL' && ret !== 'HDRS') return bad;
      envelope.ret = ret;
      return undefined;
    }
    case 'ENVID':
      envelope.envid = value !== undefined && value.length <= 100 ? decodeXtext(value) : undefined;
      return envelope.envid === undefined ? bad : undefined;
    case 'HOLDFOR':
    case 'HOLDUNTIL': {
      if (session.mode !== 'submission') return unknown;
      if (envelope.notBefore) return { ...bad, text: 'HOLDFOR and HOLDUNTIL exclude each other' };
      const at = releaseTime(name, value, session.parts.clock.now());
      if ('code' in at) return at;
      envelope.notBefore = at;
      return undefined;
    }
    case 'AUTH':
      // RFC 4954 §5: we do not trust what a client says about somebody else's sign-in.
      return value === undefined ? bad : undefined;
    default:
      return unknown;
  }
}

/** The envelope sender must be an address that the account may send as. */
async function checkSender(session: SmtpSession, envelope: SmtpEnvelope): Promise<Reply | undefined> {
  const { account, parts } = session;
  if (!account) return { code: 530, enhanced: '5.7.0', text: 'Please sign in first' };
  session.senders ??= await parts.addressBook.senders(parts.db, account.accountId);
  const address = envelope.sender?.address.toLowerCase();
  // A mail program's own reports (read receipts) come from nobody.
  if (address === undefined) return undefined;
  if (session.senders.some((sender) => sender.address.toLowerCase() === address)) return undefined;
  return { code: 550, enhanced: '5.7.1', text: `You may not send as ${envelope.sender?.address}` };
}
