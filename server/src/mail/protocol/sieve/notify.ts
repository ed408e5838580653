import { parseMailbox } from '../smtp/index.ts';
import { checkKeys, constants } from './constants.ts';
import { compareValues } from './header-tests.ts';
import { SIEVE_LIMITS } from './limits.ts';
import type { CommandSpec, TestSpec } from './types.ts';

/** `mailto:` of RFC 6068 as RFC 5436 allows it; undefined when it is none. */
export interface Mailto {
  to: string[];
  /** Lower-case name and value: subject, body and fields that do no harm. */
  fields: [string, string][];
}

const MAX_RECIPIENTS = 10;
/** Fields of the notification that its receiver may rely on (RFC 5436 §2.7). */
const IGNORED = new Set([
  'from',
  'date',
  'message-id',
  'auto-submitted',
  'received',
  'return-path',
  'sender',
  'bcc',
]);

export function parseMailto(uri: string): Mailto | undefined {
  const match = /^mailto:([^?#]*)(?:\?([^#]*))?$/i.exec(uri);
  if (!match || uri.length > 4_000) return undefined;
  const to: string[] = [];
  const fields: [string, string][] = [];
  const addTo = (list: string) =>
    list
      .split(',')
      .filter((one) => one.trim() !== '')
      .every((one) => {
        const path = parseMailbox(one.trim());
        if (path) to.push(path.address);
        return path !== undefined;
      });
  try {
    if (!addTo((match[1] ?? '').split(',').map(decodeURIComponent).join(','))) return undefined;
    for (const pair of (match[2] ?? '').split('&').filter((one) => one !== '')) {
      const equals = pair.indexOf('=');
      if (equals <= 0) return undefined;
      const name = decodeURIComponent(pair.slice(0, equals)).toLowerCase();
      const value = decodeURIComponent(pair.slice(equals + 1));
      if (name === 'to' || name === 'cc') {
        if (!addTo(value)) return undefined;
      } else if (/^[!-9;-~]{1,100}$/.test(name) && !IGNORED.has(name)) fields.push([name, value]);
    }
  } catch {
    return undefined;
  }
  return to.length > 0 && to.length <= MAX_RECIPIENTS ? { to, fields } : undefined;
}

/** Our own method: a notice to the owner by the ways that the product has (in-app, SMS). */
export const NOTIFY_SCHEME = 'x-hongyan:';

function isMethod(uri: string): boolean {
  return uri.toLowerCase() === NOTIFY_SCHEME || parseMailto(uri) !== undefined;
}

/** notify (RFC 5435). */
const notify: CommandSpec = {
  name: 'notify',
  extension: 'enotify',
  tags: [
    { name: 'from', value: 'string' },
    { name: 'importance', value: 'string' },
    { name: 'options', value: 'list' },
    { name: 'message', value: 'string' },
  ],
  args: ['string'],
  check(call, compile) {
    const [importance] = constants(call.tags.get('importance')) ?? [];
    if (importance !== undefined && !/^[123]$/.test(importance))
      compile.fail(call.line, ':importance takes "1", "2" or "3"');
    const [method] = constants(call.args[0]) ?? [];
    if (method !== undefined && !isMethod(method))
      compile.fail(call.line, 'This notification method is not supported');
  },
  run(run, call) {
    const method = run.first(call.args[0]);
    if (!isMethod(method)) run.fail(call.line, 'This notification method is not supported');
    if (run.actions.filter((action) => action.type === 'notify').length >= SIEVE_LIMITS.notifications)
      run.fail(call.line, 'The script sends too many notifications');
    const importance = call.tags.has('importance') ? run.first(call.tags.get('importance')) : '2';
    run.add(
      {
        type: 'notify',
        method,
        from: call.tags.has('from') ? run.first(call.tags.get('from')) : undefined,
        importance: importance === '1' || importance === '3' ? importance : '2',
        options: run.texts(call.tags.get('options')),
        message: call.tags.has('message') ? run.first(call.tags.get('message')) : undefined,
      },
      call.line,
    );
    return undefined;
  },
};

const validNotifyMethod: TestSpec = {
  name: 'valid_notify_method',
  extension: 'enotify',
  args: ['list'],
  run: (run, call) => run.texts(call.args[0]).every(isMethod),
};

/** Of the capabilities of RFC 5435 §5 only "online" is named, and nobody knows of a mailbox whether somebody looks at it. */
const notifyMethodCapability: TestSpec = {
  name: 'notify_method_capability',
  extension: 'enotify',
  args: ['string', 'string', 'list'],
  matching: true,
  check: (call, compile) => checkKeys(call, call.args[2], compile),
  run(run, call) {
    if (!isMethod(run.first(call.args[0])) || run.first(call.args[1]).toLowerCase() !== 'online')
      return false;
    return compareValues(run, call, ['maybe'], run.texts(call.args[2]));
  },
};

export const notifyCommands: readonly CommandSpec[] = [notify];
export const notifyTests: readonly TestSpec[] = [validNotifyMethod, notifyMethodCapability];
