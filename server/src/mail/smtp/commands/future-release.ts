import type { Reply } from '../types.ts';

/** Longest time that a message may be held; the queue keeps it on disk meanwhile. */
export const MAX_HOLD_SECONDS = 30 * 86_400;

/** What EHLO says (RFC 4865 §4): longest interval in seconds, latest time. */
export function futureReleaseKeyword(now: Date): string {
  const latest = new Date(now.getTime() + MAX_HOLD_SECONDS * 1_000);
  return `FUTURERELEASE ${MAX_HOLD_SECONDS} ${latest.toISOString().slice(0, 19)}Z`;
}

/** When a message may go: HOLDFOR=seconds or HOLDUNTIL=time (RFC 4865 §3). */
export function releaseTime(
  name: 'HOLDFOR' | 'HOLDUNTIL',
  value: string | undefined,
  now: Date,
): Date | Reply {
  const bad: Reply = { code: 501, enhanced: '5.5.4', text: `${name} has a wrong value` };
  let at: number;
  if (name === 'HOLDFOR') {
    if (value === undefined || !/^[1-9]\d{0,8}$/.test(value)) return bad;
    at = now.getTime() + Number(value) * 1_000;
  } else {
    if (value === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/i.test(value))
      return bad;
    at = Date.parse(value);
    if (Number.isNaN(at)) return bad;
  }
  if (at > now.getTime() + MAX_HOLD_SECONDS * 1_000)
    return { code: 501, enhanced: '5.5.4', text: `${name} is too far ahead` };
  return new Date(at);
}
