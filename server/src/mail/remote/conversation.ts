import { domainToASCII } from 'node:url';
import {
  createBinaryDetector,
  dotStuff,
  encodeXtext,
  replyText,
  type ServerReply,
} from '../protocol/smtp/index.ts';
import type { RemoteJob, Verdict } from '../queue/index.ts';
import { type Link, LinkError } from './link.ts';

/** RFC 5321 §4.5.3.2.6: ten minutes after the final dot, or a message that was taken is sent again. */
const FINAL_MS = 600_000;
/** Commands sent ahead of their replies: more could fill both sides' buffers, and both would wait (RFC 2920 §3.1). */
const PIPELINED = 50;
/** Transactions of one message when the server takes few recipients at a time. */
const MAX_ROUNDS = 50;
const NOTIFY = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/i;
/** Kept in xtext, as it came (RFC 3461 §4.2). */
const ORCPT = /^[A-Za-z0-9-]{1,40};(?:[!-*,-<>-~]|\+[0-9A-F]{2}){1,500}$/;

/** What a message needs, found by reading it once. */
export interface Needs {
  /** Octets above 127 in the header: RFC 6532. */
  header8: boolean;
  body8: boolean;
}

/** Looks for octets above 127; only asked for hops that lack an extension. */
export async function inspect(message: AsyncIterable<Buffer>): Promise<Needs> {
  const needs: Needs = { header8: false, body8: false };
  let inBody = false;
  let tail = Buffer.alloc(0);
  for await (const chunk of message) {
    const text = Buffer.concat([tail, chunk]);
    const end = inBody ? 0 : text.indexOf('\r\n\r\n');
    const header = inBody ? undefined : end < 0 ? text : text.subarray(0, end);
    if (header?.some((byte) => byte > 127)) needs.header8 = true;
    if (inBody || end >= 0) {
      if ((inBody ? chunk : text.subarray(end)).some((byte) => byte > 127)) needs.body8 = true;
      inBody = true;
    }
    tail = inBody ? Buffer.alloc(0) : Buffer.from(text.subarray(-3));
  }
  return needs;
}

/**
 * Sends one message over an open connection, in as many transactions as the server needs, and gives one verdict per
 * recipient. Rejects with LinkError only while nothing was answered about a recipient.
 */
export async function sendMessage(link: Link, job: RemoteJob): Promise<Verdict[]> {
  const obstacle = await findObstacle(link, job);
  if (obstacle) return job.recipients.map(() => obstacle);
  const verdicts: (Verdict | undefined)[] = job.recipients.map(() => undefined);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const open = job.recipients.map((_, index) => index).filter((index) => verdicts[index] === undefined);
    if (open.length === 0) break;
    const result = await transact(link, job, open).catch((error: unknown) => {
      if (round === 0 || !(error instanceof LinkError)) throw error;
      return new Map(open.map((index) => [index, lost(error, link)]));
    });
    const taken = [...result.values()].some((verdict) => verdict.kind === 'relayed');
    // "Too many recipients" beside some that were taken: the others have their turn now (RFC 5321 §4.5.3.1.10).
    for (const [index, verdict] of result)
      if (!(taken && verdict.kind === 'deferred' && /^45[12] (4\.5\.3|.*too many)/i.test(verdict.reply)))
        verdicts[index] = verdict;
  }
  return verdicts.map(
    (verdict) =>
      verdict ?? { kind: 'deferred', status: '4.5.3', reply: 'too many recipients', remote: link.remote },
  );
}

/** What this server cannot take, known before anything is sent. */
async function findObstacle(link: Link, job: RemoteJob): Promise<Verdict | undefined> {
  const fail = (status: string, reply: string): Verdict => ({
    kind: 'failed',
    status,
    reply,
    remote: link.remote,
  });
  const limit = Number(link.extensions.get('SIZE') ?? 0);
  if (limit > 0 && job.size > limit)
    return fail('5.3.4', `the message has ${job.size} octets, the server takes at most ${limit}`);
  const has8 = link.extensions.has('8BITMIME');
  const hasUtf8 = link.extensions.has('SMTPUTF8');
  if (job.binary && !takesBinary(link) && (await isBinary(job)))
    return fail('5.6.1', 'the message is binary, and the server takes text only');
  if (has8 && hasUtf8) return undefined;
  const needs = await inspect(job.open());
  // Raw octets in a header that nobody declared are an old habit, not RFC 6532: they go as they came.
  if (!hasUtf8 && (hasUtf8Address(job) || (job.smtputf8 && needs.header8)))
    return fail('5.6.7', 'the server does not take internationalized mail (SMTPUTF8)');
  // Converting would break signatures of the author; RFC 6152 §3 lets us refuse instead.
  if (!has8 && needs.body8) return fail('5.6.3', 'the server takes 7-bit mail only (no 8BITMIME)');
  return undefined;
}

async function transact(
  link: Link,
  job: RemoteJob,
  wanted: readonly number[],
): Promise<Map<number, Verdict>> {
  const commands = wanted.map((index) => rcptCommand(link, job, index));
  const pipelining = link.extensions.has('PIPELINING');
  const replies: ServerReply[] = [];
  const all = [mailCommand(link, job), ...commands];
  const step = pipelining ? PIPELINED : 1;
  for (let at = 0; at < all.length; at += step) {
    const group = all.slice(at, at + step);
    link.send(...group);
    for (const _ of group) replies.push(await link.reply());
    const [mail] = replies;
    if (mail && mail.code !== 250) {
      link.send('RSET');
      await link.reply();
      if (mail.code === 421) throw new LinkError('refused', replyText(mail), { reply: mail });
      return new Map(wanted.map((index) => [index, verdictOf(mail, link)]));
    }
  }
  const verdicts = new Map<number, Verdict>();
  const accepted: number[] = [];
  wanted.forEach((index, at) => {
    const reply = replies[at + 1];
    if (reply && reply.code >= 250 && reply.code <= 252) accepted.push(index);
    else if (reply) verdicts.set(index, verdictOf(reply, link));
  });
  const final = accepted.length > 0 ? await sendData(link, job) : undefined;
  for (const index of accepted) if (final) verdicts.set(index, final);
  if (accepted.length === 0) {
    link.send('RSET');
    await link.reply();
  }
  return verdicts;
}

/** From DATA to the final reply. The message came whole or the connection is broken off: half of one is never ended. */
async function sendData(link: Link, job: RemoteJob): Promise<Verdict> {
  try {
    const final = job.binary && takesBinary(link) ? await sendChunks(link, job) : await sendText(link, job);
    link.messages++;
    if (final.code === 250)
      return {
        kind: 'relayed',
        status: final.enhanced?.startsWith('2') ? final.enhanced : '2.0.0',
        reply: replyText(final),
        remote: link.remote,
        dsn: link.extensions.has('DSN'),
      };
    return verdictOf(final, link);
  } catch (error) {
    if (error instanceof LinkError) return lost(error, link);
    throw error;
  }
}

async function sendText(link: Link, job: RemoteJob): Promise<ServerReply> {
  link.send('DATA');
  const go = await link.reply();
  if (go.code !== 354) return go.code < 400 ? { ...go, code: 451 } : go;
  try {
    for await (const bytes of dotStuff(job.open())) await link.write(bytes);
  } catch (error) {
    link.destroy();
    throw error;
  }
  return link.reply(FINAL_MS);
}

/** With BDAT (RFC 3030 §2): a refused chunk ends the message. */
async function sendChunks(link: Link, job: RemoteJob): Promise<ServerReply> {
  try {
    for await (const bytes of job.open()) {
      if (bytes.length === 0) continue;
      link.send(`BDAT ${bytes.length}`);
      await link.write(bytes);
      const reply = await link.reply();
      if (reply.code === 250) continue;
      link.send('RSET');
      await link.reply();
      return reply;
    }
  } catch (error) {
    link.destroy();
    throw error;
  }
  link.send('BDAT 0 LAST');
  return link.reply(FINAL_MS);
}

function lost(error: LinkError, link: Link): Verdict {
  return { kind: 'deferred', status: '4.4.2', reply: error.message, remote: link.remote };
}

/** 5xx is final, everything else is worth another try. */
export function verdictOf(reply: ServerReply, link: Link): Verdict {
  const text = replyText(reply);
  const final = reply.code >= 500;
  const status = reply.enhanced?.startsWith(final ? '5' : '4') ? reply.enhanced : final ? '5.0.0' : '4.0.0';
  return { kind: final ? 'failed' : 'deferred', status, reply: text, remote: link.remote };
}

function mailCommand(link: Link, job: RemoteJob): string {
  const { extensions } = link;
  const words = [`MAIL FROM:<${asciiDomain(job.sender)}>`];
  if (extensions.has('SIZE')) words.push(`SIZE=${job.size}`);
  if (job.binary && takesBinary(link)) words.push('BODY=BINARYMIME');
  else if (extensions.has('8BITMIME')) words.push('BODY=8BITMIME');
  if ((job.smtputf8 || hasUtf8Address(job)) && extensions.has('SMTPUTF8')) words.push('SMTPUTF8');
  if (extensions.has('DSN')) {
    if (job.ret) words.push(`RET=${job.ret}`);
    if (job.envid) words.push(`ENVID=${encodeXtext(job.envid)}`);
  }
  return words.join(' ');
}

function rcptCommand(link: Link, job: RemoteJob, index: number): string {
  const recipient = job.recipients[index];
  const words = [`RCPT TO:<${asciiDomain(recipient?.address ?? '')}>`];
  if (link.extensions.has('DSN')) {
    // JMAP's parameters are any text: nothing but the words of RFC 3461 goes into a command.
    if (recipient?.notify && NOTIFY.test(recipient.notify)) words.push(`NOTIFY=${recipient.notify}`);
    if (recipient?.orcpt && ORCPT.test(recipient.orcpt)) words.push(`ORCPT=${recipient.orcpt}`);
  }
  return words.join(' ');
}

function hasUtf8Address(job: RemoteJob): boolean {
  const addresses = [job.sender, ...job.recipients.map((recipient) => recipient.address)];
  return addresses.some((address) => !isAscii(asciiDomain(address)));
}

/** RFC 3030 §3: BINARYMIME goes with BDAT only. */
function takesBinary(link: Link): boolean {
  return link.extensions.has('BINARYMIME') && link.extensions.has('CHUNKING');
}

async function isBinary(job: RemoteJob): Promise<boolean> {
  const detector = createBinaryDetector();
  for await (const chunk of job.open()) if (detector.push(chunk)) return true;
  return false;
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Names of domains in letters that every server knows (RFC 5891); the local part stays. */
export function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0 || isAscii(address.slice(at))) return address;
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1)) || address.slice(at + 1)}`;
}
