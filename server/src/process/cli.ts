import { AppError, errorText } from '../kit/errors/index.ts';
import { say } from '../kit/i18n/index.ts';
import { account } from './commands/account.ts';
import { audit } from './commands/audit.ts';
import { backup, restore } from './commands/backup.ts';
import { type Command, parseCommand, UsageError } from './commands/command.ts';
import { doctor } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { migrateCommand } from './commands/migrate.ts';
import { createTerminal, type Terminal } from './commands/terminal.ts';
import { readConfig } from './config.ts';
import { terminalLocale } from './locale.ts';

const COMMANDS: readonly Command[] = [
  migrateCommand,
  account,
  importCommand,
  exportCommand,
  backup,
  restore,
  doctor,
  audit,
];

/** `hongyan <command> …`: 0 done, 1 refused or failed (said in one sentence), 2 wrongly called. */
async function main(args: string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    printHelp(terminal, false);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) {
    terminal.error({ zh: '没有“{name}”这个命令。', en: 'There is no command “{name}”.' }, { name });
    printHelp(terminal, true);
    return 2;
  }
  try {
    const parsed = parseCommand(command, rest);
    if (parsed.help) {
      printCommand(terminal, command, false);
      return 0;
    }
    const cwd = process.env['INIT_CWD'] ?? process.cwd();
    const config = readConfig(process.env, { sample: parsed.args.flag('sample'), cwd });
    return await command.run({ config, terminal, cwd }, parsed.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== '') terminal.error({ zh: error.message, en: error.message });
    printCommand(terminal, command, true);
    return 2;
  }
}

function printHelp(terminal: Terminal, toError: boolean): void {
  const print = toError ? terminal.error : terminal.print;
  print({ zh: '用法：hongyan <命令> [--sample]', en: 'Usage: hongyan <command> [--sample]' });
  for (const { usages, summary } of COMMANDS) {
    for (const usage of usages) print({ zh: '  hongyan {usage}', en: '  hongyan {usage}' }, { usage });
    print({ zh: '      {text}', en: '      {text}' }, { text: say(summary, terminal.locale) });
  }
  print({
    zh: '--sample 使用示例数据（./data-demo）；其余设置与产品相同，例如 HONGYAN_DATA、DATABASE_URL。',
    en: '--sample means the sample data (./data-demo); the other settings are the product’s, e.g. HONGYAN_DATA, DATABASE_URL.',
  });
}

function printCommand(terminal: Terminal, command: Command, toError: boolean): void {
  const print = toError ? terminal.error : terminal.print;
  for (const usage of command.usages)
    print({ zh: '用法：hongyan {usage}', en: 'Usage: hongyan {usage}' }, { usage });
  print(command.summary);
}

/** Every rule that was broken, each in its sentence; passwords come back with several at once. */
function explain(error: AppError, terminal: Terminal): void {
  const fields = error.fields.map(({ code, params }) => errorText(code, terminal.locale, params));
  const text = [errorText(error.code, terminal.locale, error.params), ...fields].join('\n  ');
  terminal.error({ zh: text, en: text });
}

const terminal = createTerminal(terminalLocale(process.env));
main(process.argv.slice(2), terminal).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof AppError) explain(error, terminal);
    else console.error(error);
    process.exit(1);
  },
);
