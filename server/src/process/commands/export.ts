import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { App } from '../wire.ts';
import { type Command, onlyArgument } from './command.ts';
import { commandErrors } from './commands.errors.ts';
import { defuse, EXPORT_HEADER, writeCsv } from './people-file.ts';
import { cliActor, withApp } from './session.ts';

/** Accounts that one look at the database takes. */
const PAGE = 500;

export const exportCommand: Command = {
  name: 'export',
  usages: ['export <file.csv>'],
  summary: {
    zh: '把全部帐号（不含密码和已删除的）导出为 CSV，列为 用户名称,帐号名,部门,工号',
    en: 'Writes all accounts (without passwords, without deleted ones) to a CSV: 用户名称,帐号名,部门,工号',
  },
  async run({ config, terminal, cwd }, args) {
    const file = resolve(cwd, onlyArgument(args));
    const count = await withApp(config, async ({ app }) => {
      const rows = await collect(app);
      write(file, writeCsv([EXPORT_HEADER, ...rows]));
      await app.audit.record(app.directory.db, cliActor, {
        action: 'account.export',
        target: file,
        after: { count: rows.length },
      });
      return rows.length;
    });
    terminal.print(
      { zh: '已导出 {count} 个帐号到 {file}。', en: '{count} accounts were written to {file}.' },
      { count, file },
    );
    return 0;
  },
};

async function collect(app: App): Promise<string[][]> {
  const rows: string[][] = [];
  let after: string | undefined;
  do {
    const page = await app.directory.accounts.list(cliActor, { sort: 'address', limit: PAGE, after });
    for (const { name, account, unit, number, state } of page.items) {
      if (state !== 'deleted') rows.push([name, account, unit?.path ?? '', number ?? ''].map(defuse));
    }
    after = page.next;
  } while (after !== undefined);
  return rows;
}

/** 0600: names and numbers of everybody. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw commandErrors.file_exists({ file });
    throw commandErrors.unwritable({ file }, { cause: error });
  }
}
