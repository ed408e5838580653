import type { Email } from '../store/index.ts';
import type { Context, JmapAccount } from './context.ts';
import { invalidProperties, SetFailure } from './errors.ts';
import { get, isObject, type Json } from './json.ts';
import { MAIL_LIMITS } from './limits.ts';
import type { SubmissionEnvelope } from './submissions.store.ts';

type EnvelopeAddress = SubmissionEnvelope['mailFrom'];

/** The envelope that the client gives, or the one that the message's own fields say (RFC 8621 §7.5). */
export function readEnvelope(value: Json, email: Email): SubmissionEnvelope {
  if (value === null) return derive(email);
  if (!isObject(value)) throw invalidProperties(['envelope'], 'must be an object');
  const recipients = get(value, 'rcptTo');
  if (!Array.isArray(recipients)) throw invalidProperties(['envelope/rcptTo'], 'must be a list');
  return {
    mailFrom: readAddress('envelope/mailFrom', get(value, 'mailFrom') ?? null),
    rcptTo: recipients.map((recipient) => readAddress('envelope/rcptTo', recipient)),
  };
}

function derive(email: Email): SubmissionEnvelope {
  const { envelope } = email;
  const text = (address: { mailbox: string | null; host: string | null }) =>
    address.mailbox !== null && address.host !== null ? [`${address.mailbox}@${address.host}`] : [];
  const [from] = [...envelope.sender, ...envelope.from].flatMap(text);
  if (from === undefined)
    throw new SetFailure('invalidEmail', 'The message has no sender', { properties: ['from'] });
  const seen = new Map<string, string>();
  for (const address of [...envelope.to, ...envelope.cc, ...envelope.bcc].flatMap(text)) {
    if (!seen.has(address.toLowerCase())) seen.set(address.toLowerCase(), address);
  }
  return {
    mailFrom: { email: from, parameters: null },
    rcptTo: [...seen.values()].map((address) => ({ email: address, parameters: null })),
  };
}

function readAddress(where: string, value: Json): EnvelopeAddress {
  const email = isObject(value) ? get(value, 'email') : undefined;
  if (!isObject(value) || typeof email !== 'string') throw invalidProperties([where], 'needs an address');
  const parameters = new Map<string, string | null>();
  const given = get(value, 'parameters') ?? null;
  if (given !== null && !isObject(given)) throw invalidProperties([where], 'parameters must be an object');
  for (const [name, parameter] of Object.entries(given ?? {})) {
    if (typeof parameter !== 'string' && parameter !== null)
      throw invalidProperties([where], 'a parameter is a string');
    parameters.set(name.toUpperCase(), parameter ?? null);
  }
  return { email, parameters: given === null ? null : Object.fromEntries(parameters) };
}

/** Longest time that a message may wait for its sending (RFC 8621 §1.3.2, maxDelayedSend), in seconds. */
export const MAX_DELAY_S = 366 * 86_400;

/** HOLDFOR and HOLDUNTIL (RFC 4865) of the reverse path; undefined = send now. */
export function sendTime(envelope: SubmissionEnvelope, now: Date): Date | undefined {
  const { HOLDFOR, HOLDUNTIL } = envelope.mailFrom.parameters ?? {};
  const wrong = () => invalidProperties(['envelope/mailFrom'], 'not a time in which we can send');
  if (HOLDFOR === undefined && HOLDUNTIL === undefined) return undefined;
  const until = HOLDUNTIL ? Date.parse(HOLDUNTIL) : now.getTime() + Number(HOLDFOR) * 1000;
  if (Number.isNaN(until) || until > now.getTime() + MAX_DELAY_S * 1000) throw wrong();
  return until <= now.getTime() ? undefined : new Date(until);
}

/** Hands a stored Email to submission, as it is without what delivery to us had put on top; gives the queue's number. */
export async function send(
  context: Context,
  account: JmapAccount,
  email: Email,
  envelope: SubmissionEnvelope,
  notBefore: Date | undefined,
): Promise<string> {
  const { db, store, submit } = context.deps;
  const message = await store.open(db, account.scope.accountId, email.messageId);
  if (!message) throw invalidProperties(['emailId'], 'no such Email');
  const result = await submit({
    accountId: context.personId,
    sender: envelope.mailFrom.email,
    recipients: envelope.rcptTo.map(({ email: address, parameters }) => ({
      address,
      notify: parameters?.['NOTIFY'] ?? undefined,
      orcpt: parameters?.['ORCPT'] ?? undefined,
    })),
    message: message.read(message.prefixSize),
    notBefore,
    remoteAddress: context.remoteAddress,
  });
  if (result.ok) return result.ref;
  const refused = result.recipients?.map((recipient) => recipient.address) ?? [];
  switch (result.reason) {
    case 'forbidden_from':
      throw new SetFailure('forbiddenFrom', result.text);
    case 'forbidden_mail_from':
      throw new SetFailure('forbiddenMailFrom', result.text);
    case 'no_recipients':
      throw new SetFailure('noRecipients', result.text);
    case 'too_many_recipients':
      throw new SetFailure('tooManyRecipients', result.text, { maxRecipients: MAIL_LIMITS.maxRecipients });
    case 'invalid_recipients':
      throw new SetFailure('invalidRecipients', result.text, { invalidRecipients: refused });
    case 'too_large':
      throw new SetFailure('tooLarge', result.text, { maxSize: context.deps.maxMessageBytes });
    case 'over_limit':
      throw new SetFailure('rateLimit', result.text);
    case 'locked':
      throw new SetFailure('forbiddenToSend', result.text);
    case 'invalid_message':
      throw new SetFailure('invalidEmail', result.text, { properties: [] });
  }
}
