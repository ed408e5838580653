import { parseMailbox } from '../smtp/index.ts';
import { constants } from './constants.ts';
import { parseFlags } from './control.ts';
import { SIEVE_LIMITS } from './limits.ts';
import type { Call, CommandSpec, Run, TestSpec } from './types.ts';

/** A mailbox name that can exist: as IMAP and JMAP show it, `/` between levels. */
export function isMailboxName(name: string): boolean {
  return name !== '' && name.length <= 1_000 && !/[\x00-\x1f\x7f]/.test(name) && !/^\/|\/\/|\/$/.test(name);
}

/** fileinto (RFC 5228 §4.1) with :copy, :create, :flags, :specialuse, :mailboxid. */
const fileinto: CommandSpec = {
  name: 'fileinto',
  extension: 'fileinto',
  tags: [
    { name: 'copy', extension: 'copy' },
    { name: 'create', extension: 'mailbox' },
    { name: 'flags', value: 'list', extension: 'imap4flags' },
    { name: 'specialuse', value: 'string', extension: 'special-use' },
    { name: 'mailboxid', value: 'string', extension: 'mailboxid' },
  ],
  args: ['string'],
  check(call, compile) {
    const [name] = constants(call.args[0]) ?? [];
    if (name !== undefined && !isMailboxName(name)) compile.fail(call.line, 'This is no name of a mailbox');
    if (call.tags.has('specialuse') && call.tags.has('mailboxid'))
      compile.fail(call.line, ':specialuse and :mailboxid do not go together');
  },
  run(run, call) {
    const mailbox = run.first(call.args[0]);
    if (!isMailboxName(mailbox)) run.fail(call.line, 'This is no name of a mailbox');
    const flags = call.tags.get('flags');
    run.add(
      {
        type: 'fileinto',
        mailbox,
        flags: flags === undefined ? run.flags : parseFlags(run.texts(flags)),
        create: call.tags.has('create'),
        specialUse: call.tags.has('specialuse') ? run.first(call.tags.get('specialuse')) : undefined,
        mailboxId: call.tags.has('mailboxid') ? run.first(call.tags.get('mailboxid')) : undefined,
      },
      call.line,
    );
    if (!call.tags.has('copy')) run.implicitKeep = false;
    return undefined;
  },
};

/** redirect (RFC 5228 §4.2) with :copy (RFC 3894). */
const redirect: CommandSpec = {
  name: 'redirect',
  tags: [{ name: 'copy', extension: 'copy' }],
  args: ['string'],
  check(call, compile) {
    const [address] = constants(call.args[0]) ?? [];
    if (address !== undefined && !parseMailbox(address))
      compile.fail(call.line, 'redirect needs an e-mail address');
  },
  run(run, call) {
    const path = parseMailbox(run.first(call.args[0]));
    if (!path) return run.fail(call.line, 'redirect needs an e-mail address');
    if (run.actions.filter((action) => action.type === 'redirect').length >= SIEVE_LIMITS.redirects)
      run.fail(call.line, 'The script sends the message on to too many addresses');
    run.add({ type: 'redirect', address: path.address }, call.line);
    if (!call.tags.has('copy')) run.implicitKeep = false;
    return undefined;
  },
};

/** reject and ereject (RFC 5429): they go with nothing that delivers the message or answers it. */
function rejection(name: 'reject' | 'ereject'): CommandSpec {
  return {
    name,
    extension: name,
    args: ['string'],
    run(run, call) {
      if (run.actions.some((action) => action.type !== 'discard' && action.type !== 'notify'))
        run.fail(call.line, `${name} does not go with other actions`);
      run.add({ type: 'reject', reason: run.first(call.args[0]), ereject: name === 'ereject' }, call.line);
      run.implicitKeep = false;
      return undefined;
    },
  };
}

async function every(
  run: Run,
  names: readonly string[],
  exists: (name: string) => Promise<boolean>,
): Promise<boolean> {
  for (const name of names) {
    run.work(10);
    if (!(await exists(name))) return false;
  }
  return true;
}

const mailboxexists: TestSpec = {
  name: 'mailboxexists',
  extension: 'mailbox',
  args: ['list'],
  run: (run, call) => every(run, run.texts(call.args[0]), run.environment.mailboxExists),
};

const mailboxidexists: TestSpec = {
  name: 'mailboxidexists',
  extension: 'mailboxid',
  args: ['list'],
  run: (run, call) => every(run, run.texts(call.args[0]), run.environment.mailboxIdExists),
};

/** specialuse_exists [mailbox] flags (RFC 8579 §4). */
const specialuseExists: TestSpec = {
  name: 'specialuse_exists',
  extension: 'special-use',
  args: ['string', 'list'],
  optionalFirst: true,
  run(run, call) {
    const mailbox = call.args.length === 2 ? run.first(call.args[0]) : undefined;
    return every(run, run.texts(call.args.at(-1)), (use) => run.environment.specialUseExists(use, mailbox));
  },
};

/** Actions that exclude each other when both are in one run (RFC 5429 §2.2.2). */
export function refuseAfterReject(run: Run, call: Call<CommandSpec>): void {
  if (run.actions.some((action) => action.type === 'reject'))
    run.fail(call.line, `${call.spec.name} does not go with reject`);
}

const withoutReject = (spec: CommandSpec): CommandSpec => ({
  ...spec,
  run(run, call) {
    refuseAfterReject(run, call);
    return spec.run(run, call);
  },
});

export const deliverCommands: readonly CommandSpec[] = [
  withoutReject(fileinto),
  withoutReject(redirect),
  rejection('reject'),
  rejection('ereject'),
];
export const deliverTests: readonly TestSpec[] = [mailboxexists, mailboxidexists, specialuseExists];
