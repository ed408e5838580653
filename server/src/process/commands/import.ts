import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AppError, errorText, type Locale } from '../../kit/errors/index.ts';
import { type Command, onlyArgument } from './command.ts';
import { commandErrors } from './commands.errors.ts';
import { importPeople, type RowFailure, tryPeople } from './import-people.ts';
import { type PeopleFile, readPeople, writeCsv } from './people-file.ts';
import { withApp } from './session.ts';
import type { Terminal } from './terminal.ts';

/** A hundred thousand people take some 10 MB; a wrong file must not fill the memory. */
const MAX_BYTES = 100_000_000;
/** On the terminal; the file has them all. */
const LISTED = 50;

export const importCommand: Command = {
  name: 'import',
  usages: ['import <file.csv> [--dry-run]'],
  summary: {
    zh: '从 CSV 导入帐号，表头为 用户名称,帐号名,密码,部门,工号；部门写全路径如 信息学院/办公室，没有的会新建，空白表示默认部门；UTF-8 或 GB18030',
    en: 'Makes accounts from a CSV with the header 用户名称,帐号名,密码,部门,工号; units by path as in 信息学院/办公室 are made where missing, none means the default unit; UTF-8 or GB18030',
  },
  flags: ['dry-run'],
  async run({ config, terminal, cwd }, args) {
    const path = resolve(cwd, onlyArgument(args));
    const file = readPeople(read(path));
    const total = file.rows.length;
    const dry = args.flag('dry-run');
    const failures = await withApp(config, async ({ app }) =>
      dry ? tryPeople(app, file.rows) : importPeople(app, file.rows, progress(terminal, total)),
    );
    report(terminal, failures);
    const done = total - failures.length;
    const failed = failures.length;
    if (dry) {
      terminal.print(
        {
          zh: '试运行：{done} 行可以导入，{failed} 行不能；没有改动任何数据。',
          en: 'Dry run: {done} rows could be imported, {failed} could not; nothing was changed.',
        },
        { done, failed },
      );
      return failed === 0 ? 0 : 1;
    }
    terminal.print(
      { zh: '已导入 {done} 行，失败 {failed} 行。', en: '{done} rows imported, {failed} failed.' },
      { done, failed },
    );
    if (failed === 0) return 0;
    const target = `${path}.failed.csv`;
    writeFailures(target, file, failures, terminal.locale);
    terminal.print(
      {
        zh: '失败的行已写入 {target}；改正后可以直接再次导入该文件。',
        en: 'The failed rows are in {target}; correct them there and import that file.',
      },
      { target },
    );
    return 1;
  },
};

function read(path: string): Buffer {
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error('too large');
    return readFileSync(path);
  } catch (error) {
    throw commandErrors.unreadable_file({ file: path }, { cause: error });
  }
}

/** A line every 500 rows: hashing a thousand passwords takes half a minute. */
function progress(terminal: Terminal, total: number): (done: number) => void {
  let told = 0;
  return (done) => {
    if (done - told < 500) return;
    told = done;
    terminal.print({ zh: '{done}/{total} …', en: '{done}/{total} …' }, { done, total });
  };
}

function reason(error: AppError, locale: Locale): string {
  const details = error.fields.map(({ code, params }) => errorText(code, locale, params));
  const text = errorText(error.code, locale, error.params);
  return details.length === 0 ? text : `${text}: ${details.join('; ')}`;
}

function report(terminal: Terminal, failures: readonly RowFailure[]): void {
  for (const { row, error } of failures.slice(0, LISTED)) {
    terminal.error(
      { zh: '第 {row} 行（{account}）：{reason}', en: 'Row {row} ({account}): {reason}' },
      { row: row.row, account: row.account, reason: reason(error, terminal.locale) },
    );
  }
  if (failures.length > LISTED)
    terminal.error({ zh: '另有 {n} 行 …', en: 'and {n} more …' }, { n: failures.length - LISTED });
}

/** 0600, for the passwords; the cells as they were, so that the corrected file can be imported. */
function writeFailures(target: string, file: PeopleFile, failures: readonly RowFailure[], locale: Locale) {
  const width = file.header.length;
  const pad = (cells: string[]) => [...cells, ...Array<string>(Math.max(0, width - cells.length)).fill('')];
  const rows = failures.map(({ row, error }) => [
    ...pad(row.cells).slice(0, width),
    String(row.row),
    reason(error, locale),
  ]);
  try {
    writeFileSync(target, writeCsv([[...file.header, '行号', '原因'], ...rows]), { mode: 0o600 });
  } catch (error) {
    throw commandErrors.unwritable({ file: target }, { cause: error });
  }
}
