import { createHash } from 'node:crypto';
import { refuseAfterReject } from './deliver.ts';
import type { Call, CommandSpec, Run } from './types.ts';

const DAY = 86_400;
/** RFC 5230 §4.1: the site sets the bounds. */
const DEFAULT_DAYS = 7;
const MAX_SECONDS = 365 * DAY;

/** vacation (RFC 5230) and its :seconds (RFC 6131). */
const vacation: CommandSpec = {
  name: 'vacation',
  extension: 'vacation',
  tags: [
    { name: 'days', value: 'number', group: 'time' },
    { name: 'seconds', value: 'number', group: 'time', extension: 'vacation-seconds' },
    { name: 'subject', value: 'string' },
    { name: 'from', value: 'string' },
    { name: 'addresses', value: 'list' },
    { name: 'mime' },
    { name: 'handle', value: 'string' },
  ],
  args: ['string'],
  run(run, call) {
    refuseAfterReject(run, call);
    // RFC 5230 §4.7: twice in one script is an error; a second script in a row just has no say.
    if (run.vacations++ > 0) run.fail(call.line, 'vacation may be run once only');
    if (run.actions.some((action) => action.type === 'vacation')) return undefined;
    const reason = run.first(call.args[0]);
    const text = (name: string) => (call.tags.has(name) ? run.first(call.tags.get(name)) : undefined);
    const reply = { subject: text('subject'), from: text('from'), mime: call.tags.has('mime'), reason };
    run.add(
      {
        type: 'vacation',
        ...reply,
        seconds: secondsOf(call),
        addresses: run.texts(call.tags.get('addresses')),
        handle: handleOf(run, call, JSON.stringify(reply)),
      },
      call.line,
    );
    return undefined;
  },
};

function secondsOf(call: Call<CommandSpec>): number {
  const seconds = call.tags.get('seconds');
  if (seconds !== undefined && seconds !== true && seconds.kind === 'number')
    return Math.min(seconds.value, MAX_SECONDS);
  const days = call.tags.get('days');
  const number = days !== undefined && days !== true && days.kind === 'number' ? days.value : DEFAULT_DAYS;
  return Math.min(Math.max(number, 1) * DAY, MAX_SECONDS);
}

/** Without :handle another text is another reply (RFC 5230 §4.2). */
function handleOf(run: Run, call: Call<CommandSpec>, reply: string): string {
  if (call.tags.has('handle')) return `h${run.first(call.tags.get('handle'))}`;
  return `r${createHash('sha256').update(reply).digest('base64url')}`;
}

export const vacationCommands: readonly CommandSpec[] = [vacation];
