import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** INTERNALDATE as FETCH gives it, in UTC: ` 5-Jan-2026 07:08:09 +0000` without quotes (RFC 3501 §9 date-time). */
export function formatDateTime(at: Date): string {
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
  return `${day}-${MONTHS[at.getUTCMonth()]}-${pad(at.getUTCFullYear(), 4)} ${time} +0000`;
}

/** Parses the inside of a date-time; throws when it is not a moment that exists. */
export function parseDateTime(text: string): Date {
  const match =
    /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(text) ??
    // Seen in the field: one digit without the space before it.
    /^(\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(text);
  if (!match) throw new ImapSyntaxError('Invalid date-time');
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const date = calendarDay(Number(day), month ?? '', Number(year));
  const zone = Number(zoneHours) * 60 + Number(zoneMinutes);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number(zoneMinutes) > 59) {
    throw new ImapSyntaxError('Invalid time');
  }
  const clock = (Number(hour) * 60 + Number(minute) - (sign === '-' ? -zone : zone)) * 60 + Number(second);
  return new Date(date.getTime() + clock * 1000);
}

/** Reads a `date` of a search key, quoted or not (RFC 3501 §9), as `YYYY-MM-DD`. */
export function readDate(scanner: Scanner): string {
  const text = scanner.peek() === '"' ? scanner.string().toString('latin1') : scanner.atom();
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  if (!match) throw new ImapSyntaxError('Invalid date');
  return calendarDay(Number(match[1]), match[2] ?? '', Number(match[3]))
    .toISOString()
    .slice(0, 10);
}

function calendarDay(day: number, month: string, year: number): Date {
  const index = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, index, day);
  if (index < 0 || date.getUTCMonth() !== index || date.getUTCDate() !== day) {
    throw new ImapSyntaxError('No such day');
  }
  return date;
}
