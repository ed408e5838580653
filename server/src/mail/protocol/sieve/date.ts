import { parseDate } from '../mime/index.ts';
import { checkKeys, constants } from './constants.ts';
import { rawValue } from './fields.ts';
import { checkIndex, chosenFields, compareValues, INDEX_TAGS } from './header-tests.ts';
import type { Call, CompileContext, Run, TestSpec } from './types.ts';

const DAY_MS = 86_400_000;
/** Modified Julian Day of 1970-01-01. */
const MJD_EPOCH = 40_587;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (number: number) => String(number).padStart(2, '0');

function zoneText(minutes: number, colon: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`;
}

/** The parts of RFC 5260 §4.2, each from a date already shifted into its zone. */
const PARTS: ReadonlyMap<string, (local: Date, zone: number) => string> = new Map([
  ['year', (local: Date) => String(local.getUTCFullYear()).padStart(4, '0')],
  ['month', (local: Date) => two(local.getUTCMonth() + 1)],
  ['day', (local: Date) => two(local.getUTCDate())],
  ['date', dayOf],
  ['julian', (local: Date) => String(Math.floor(local.getTime() / DAY_MS) + MJD_EPOCH)],
  ['hour', (local: Date) => two(local.getUTCHours())],
  ['minute', (local: Date) => two(local.getUTCMinutes())],
  ['second', (local: Date) => two(local.getUTCSeconds())],
  ['time', timeOf],
  ['iso8601', (local: Date, zone: number) => `${dayOf(local)}T${timeOf(local)}${zoneText(zone, ':')}`],
  [
    'std11',
    (local: Date, zone: number) =>
      `${DAYS[local.getUTCDay()]}, ${two(local.getUTCDate())} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${timeOf(local)} ${zoneText(zone, '')}`,
  ],
  ['zone', (_: Date, zone: number) => zoneText(zone, '')],
  ['weekday', (local: Date) => String(local.getUTCDay())],
]);

function dayOf(local: Date): string {
  return local.toISOString().slice(0, 10);
}

function timeOf(local: Date): string {
  return local.toISOString().slice(11, 19);
}

function readZone(text: string): number | undefined {
  const match = /^([+-])(\d{2})(\d{2})$/.exec(text.trim());
  if (!match || Number(match[3]) > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

function checkDate(call: Call<TestSpec>, compile: CompileContext, part: number): void {
  checkKeys(call, call.args[part + 1], compile);
  checkIndex(call, compile);
  const [zone] = constants(call.tags.get('zone')) ?? [];
  if (zone !== undefined && readZone(zone) === undefined)
    compile.fail(call.line, ':zone takes a zone like "+0800"');
  const [name] = constants(call.args[part]) ?? [];
  if (name !== undefined && !PARTS.has(name.toLowerCase()))
    compile.fail(call.line, `A date has no part "${name.slice(0, 50)}"`);
}

function compare(
  run: Run,
  call: Call<TestSpec>,
  at: Date | undefined,
  original: number | undefined,
  part: number,
): boolean {
  const zone = call.tags.has('originalzone')
    ? (original ?? 0)
    : call.tags.has('zone')
      ? readZone(run.first(call.tags.get('zone')))
      : run.environment.zoneMinutes;
  const present = PARTS.get(run.first(call.args[part]).toLowerCase());
  const value =
    at && zone !== undefined && present ? present(new Date(at.getTime() + zone * 60_000), zone) : undefined;
  return compareValues(run, call, value === undefined ? [] : [value], run.texts(call.args[part + 1]));
}

const date: TestSpec = {
  name: 'date',
  extension: 'date',
  tags: [
    { name: 'zone', value: 'string', group: 'zone' },
    { name: 'originalzone', group: 'zone' },
    ...INDEX_TAGS,
  ],
  args: ['string', 'string', 'list'],
  matching: true,
  check: (call, compile) => checkDate(call, compile, 1),
  run(run, call) {
    const [field] = chosenFields(run, call, [run.first(call.args[0])]);
    const value = field ? rawValue(field) : '';
    // Received and its like carry the date behind the last semicolon (RFC 5260 §4).
    const text = value.slice(value.lastIndexOf(';') + 1);
    const zone = /([+-]\d{4})(?!.*[+-]\d{4})/.exec(text.slice(0, 200))?.[1];
    return compare(run, call, parseDate(text), zone === undefined ? 0 : readZone(zone), 1);
  },
};

const currentdate: TestSpec = {
  name: 'currentdate',
  extension: 'date',
  tags: [{ name: 'zone', value: 'string' }],
  args: ['string', 'list'],
  matching: true,
  check: (call, compile) => checkDate(call, compile, 0),
  run: (run, call) => compare(run, call, run.environment.now, undefined, 0),
};

export const dateTests: readonly TestSpec[] = [date, currentdate];
