import type { App } from '../wire.ts';
import { type Args, type Command, type CommandContext, UsageError } from './command.ts';
import { commandErrors } from './commands.errors.ts';
import { cliActor, withApp } from './session.ts';

export const account: Command = {
  name: 'account',
  usages: [
    'account add <name> --display <姓名> [--unit <a/b>] [--number <n>] [--password-stdin]',
    'account passwd <name> [--password-stdin]',
  ],
  summary: {
    zh: '新建帐号，或重设密码（本人下次登录时须修改）；密码在终端输入或从标准输入读取',
    en: 'Makes an account, or sets a password (to be changed at the next sign-in), asked for or read from standard input',
  },
  flags: ['password-stdin'],
  options: ['display', 'unit', 'number'],
  async run(context, args) {
    const [action, name, ...more] = args.positionals;
    if (name === undefined || more.length > 0) throw new UsageError();
    if (action === 'add') return add(context, args, name);
    if (action === 'passwd') return passwd(context, args, name);
    throw new UsageError();
  },
};

async function add({ config, terminal }: CommandContext, args: Args, name: string): Promise<number> {
  const display = args.text('display');
  if (display === undefined) throw new UsageError('--display');
  const password = await terminal.password(args.flag('password-stdin'));
  return withApp(config, async ({ app }) => {
    const path = args.text('unit');
    const unit = path === undefined ? undefined : await app.directory.findUnitByPath(app.directory.db, path);
    if (path !== undefined && !unit) throw commandErrors.unknown_unit({ path });
    const number = args.text('number');
    const made = await app.identity.passwords.createAccount(cliActor, {
      account: name,
      name: display,
      password,
      ...(unit ? { unitId: unit.id } : {}),
      ...(number === undefined ? {} : { number }),
    });
    terminal.print(
      { zh: '已建立帐号 {account}（{name}）。', en: 'Account {account} ({name}) was made.' },
      { account: made.account, name: made.name },
    );
    return 0;
  });
}

async function passwd({ config, terminal }: CommandContext, args: Args, name: string): Promise<number> {
  const password = await terminal.password(args.flag('password-stdin'));
  return withApp(config, async ({ app }) => {
    const id = await findAccount(app, name);
    await app.identity.passwords.reset(cliActor, id, password);
    terminal.print(
      {
        zh: '已重设 {name} 的密码，其所有登录均已失效；下次登录时须修改密码。',
        en: 'The password of {name} is set and every session ended; it must be changed at the next sign-in.',
      },
      { name },
    );
    return 0;
  });
}

/** By account name or whole address. */
async function findAccount(app: App, name: string): Promise<number> {
  const { db, addresses } = app.directory;
  const [domain = ''] = await addresses.domains(db);
  const found = await addresses.resolve(db, name.includes('@') ? name : `${name}@${domain}`);
  if (found.kind !== 'account') throw commandErrors.unknown_account({ name });
  return found.accountId;
}
