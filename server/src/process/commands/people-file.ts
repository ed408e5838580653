import { parse } from 'csv-parse/sync';
import { commandErrors } from './commands.errors.ts';

/** The columns of 帐号 files as people know them from the console. */
const HEADERS = {
  name: '用户名称',
  account: '帐号名',
  password: '密码',
  unit: '部门',
  number: '工号',
} as const;
type Column = keyof typeof HEADERS;
const REQUIRED: readonly Column[] = ['name', 'account', 'password'];
/** 帐 and 账 are both in use. */
const ALIASES = new Map<string, Column>([
  ['账号名', 'account'],
  ['工号/学号', 'number'],
]);

export interface PersonRow {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  name: string;
  account: string;
  password: string;
  /** From the root by '/'; empty for the default unit. */
  unit: string;
  number: string;
  /** The cells as they were, for the file of failures. */
  cells: string[];
}

export interface PeopleFile {
  header: string[];
  rows: PersonRow[];
}

/** Reads a CSV of accounts in UTF-8 (with or without a mark), GB18030 or UTF-16 with a mark. Throws commandErrors. */
export function readPeople(bytes: Buffer): PeopleFile {
  const text = decode(bytes);
  const records = parseCsv(text);
  const [header = [], ...rest] = records;
  const at = new Map<Column, number>();
  for (const [index, cell] of header.entries()) {
    const title = cell.trim();
    const column = keyOf(title) ?? ALIASES.get(title);
    if (column !== undefined && !at.has(column)) at.set(column, index);
  }
  const missing = REQUIRED.filter((column) => !at.has(column)).map((column) => HEADERS[column]);
  if (missing.length > 0) throw commandErrors.csv_header({ names: missing.join('、') });
  const rows = rest.map((cells, index) => {
    const cell = (column: Column) => cells[at.get(column) ?? -1] ?? '';
    return {
      row: index + 2,
      name: restore(cell('name')),
      account: restore(cell('account')),
      // Never touched: a password may begin or end with anything.
      password: cell('password'),
      unit: restore(cell('unit')),
      number: restore(cell('number')),
      cells,
    };
  });
  return { header, rows: rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== '')) };
}

function keyOf(title: string): Column | undefined {
  const columns: readonly Column[] = ['name', 'account', 'password', 'unit', 'number'];
  return columns.find((column) => HEADERS[column] === title);
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  throw commandErrors.csv_encoding();
}

function parseCsv(text: string): string[][] {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const count = (mark: string) => firstLine.split(mark).length;
  // Spreadsheets write ; or a tab in some languages of the system.
  const delimiter = [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: false, bom: true });
  } catch (error) {
    throw commandErrors.csv_broken({ reason: error instanceof Error ? error.message : '' });
  }
}

/** What a spreadsheet would take for a formula (CWE-1236). */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell that no spreadsheet takes for a formula. */
export function defuse(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** Undoes `defuse`, so that an exported file can be read back. */
function restore(cell: string): string {
  const text = cell.trim();
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
}

/** CSV of RFC 4180 with a UTF-8 mark, without which Excel takes Chinese for GBK. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `\ufeff${rows.map((cells) => `${cells.map(quote).join(',')}\r\n`).join('')}`;
}

/** The header of an export: everything but the password. */
export const EXPORT_HEADER: readonly string[] = [HEADERS.name, HEADERS.account, HEADERS.unit, HEADERS.number];
