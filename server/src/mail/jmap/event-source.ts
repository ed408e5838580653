import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JmapAccount, JmapDeps } from './context.ts';
import { submissionState } from './submissions.store.ts';

const TYPES = ['Email', 'EmailDelivery', 'Mailbox', 'Thread', 'EmailSubmission'] as const;
/** Changes that come together are told together. */
const GATHER_MS = 50;
/** RFC 8620 §7.3: the server may raise a ping time that is too short. */
const MIN_PING_S = 30;
const MAX_PING_S = 900;
/** Proxies cut silent connections; without a ping asked for we send a comment. */
const KEEP_ALIVE_MS = 25_000;
/** A reader this far behind is gone or stuck. */
const MAX_BACKLOG = 1_048_576;

/** Event source (RFC 8620 §7.3): StateChange objects as they happen, and what was missed when the client comes back. */
export async function eventSource(
  deps: JmapDeps,
  accounts: readonly JmapAccount[],
  request: FastifyRequest<{ Querystring: { types?: string; closeafter?: string; ping?: string } }>,
  reply: FastifyReply,
): Promise<void> {
  const { types = '*', closeafter = 'no', ping = '0' } = request.query;
  const wanted = TYPES.filter((type) => types === '*' || types.split(',').includes(type));
  const told = new Map<string, string>();
  const lastId = request.headers['last-event-id'];
  const before = readEventId(typeof lastId === 'string' ? lastId : '');
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  raw.write(': hello\n\n');

  let closed = false;
  let reading = false;
  let again = false;

  async function tell(first: boolean): Promise<void> {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      do {
        again = false;
        await tellOnce(first);
      } while (again && !closed);
    } catch (error) {
      deps.log.warn({ err: error }, 'event source could not read states');
    } finally {
      reading = false;
    }
  }

  async function tellOnce(first: boolean): Promise<void> {
    const changed = new Map<string, { [type: string]: string }>();
    for (const account of accounts) {
      const states = await statesOf(deps, account, wanted);
      const id = states.join('.');
      const known = told.get(account.id) ?? before.get(account.id);
      told.set(account.id, id);
      // The first look at a client that brings no event id only sets the mark.
      if (known === id || (known === undefined && first)) continue;
      changed.set(
        account.id,
        Object.fromEntries(wanted.map((type) => [type, states[type === 'EmailSubmission' ? 1 : 0] ?? '0'])),
      );
    }
    if (changed.size === 0 || closed) return;
    const data = JSON.stringify({ '@type': 'StateChange', changed: Object.fromEntries(changed) });
    const eventId = [...told].map(([account, id]) => `${account}:${id}`).join(',');
    if (raw.writableLength > MAX_BACKLOG) return void raw.destroy();
    raw.write(`id: ${eventId}\nevent: state\ndata: ${data}\n\n`);
    if (closeafter === 'state') raw.end();
  }

  const own = new Set(accounts.map((account) => String(account.scope.accountId)));
  let timer: NodeJS.Timeout | undefined;
  const stopSignals = deps.signals.on('mail', (payload) => {
    if (payload !== undefined && !own.has(payload.split(':', 1)[0] ?? '')) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void tell(false);
    }, GATHER_MS);
  });
  const seconds = Math.min(Math.max(Number(ping) || 0, 0), MAX_PING_S);
  const interval = seconds === 0 ? 0 : Math.max(seconds, MIN_PING_S);
  const pinger = setInterval(
    () => raw.write(interval === 0 ? ': ping\n\n' : `event: ping\ndata: {"interval":${interval}}\n\n`),
    interval === 0 ? KEEP_ALIVE_MS : interval * 1000,
  );
  raw.on('close', () => {
    closed = true;
    stopSignals();
    clearInterval(pinger);
    clearTimeout(timer);
  });
  raw.on('error', () => undefined);
  await tell(true);
}

/** Mail state and submission state of an account. */
async function statesOf(deps: JmapDeps, account: JmapAccount, wanted: readonly string[]): Promise<string[]> {
  const mail = wanted.some((type) => type !== 'EmailSubmission');
  const state = mail ? await deps.store.state(deps.db, account.scope.accountId) : 0;
  const sent = wanted.includes('EmailSubmission')
    ? await submissionState(deps.db, account.scope.accountId)
    : 0;
  return [String(state), String(sent)];
}

/** What the client had seen when it last went: `A1:17.0,A5:3.0`. */
function readEventId(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.slice(0, 4_000).split(',')) {
    const match = /^(A\d+):(\d+\.\d+)$/.exec(part);
    if (match?.[1] && match[2]) found.set(match[1], match[2]);
  }
  return found;
}
