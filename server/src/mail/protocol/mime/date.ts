const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Minutes east of UTC (RFC 5322 §4.3). */
const ZONES = new Map([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
]);
const DATE =
  /(\d{1,2})[ -]+([a-z]{3})[a-z]*[ -]+(\d{2,4})[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[a-z]{1,4})?/i;

/** Reads a Date field (RFC 5322 §3.3 and §4.3); undefined when there is no date in it. */
export function parseDate(text: string): Date | undefined {
  const match = DATE.exec(text.slice(0, 200).replace(/\([^)]*\)/g, ' '));
  if (!match) return undefined;
  const month = MONTHS.indexOf((match[2] ?? '').toLowerCase());
  if (month < 0) return undefined;
  let year = Number(match[3]);
  if (year < 50) year += 2000;
  else if (year < 1000) year += 1900;
  const [day, hour, minute, second] = [match[1], match[4], match[5], match[6] ?? '0'].map(Number);
  if (!day || day > 31 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 60) return undefined;
  const time = Date.UTC(year, month, day, hour, minute, second) - zoneMinutes(match[7]) * 60_000;
  return year < 1900 || year > 9999 || Number.isNaN(time) ? undefined : new Date(time);
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0;
  const sign = zone[0] === '-' ? -1 : 1;
  if (/^[+-]\d{4}$/.test(zone)) return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
  return ZONES.get(zone.toLowerCase()) ?? 0;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A Date field in UTC, e.g. `Mon, 23 Nov 2026 22:30:00 +0000`. */
export function formatDate(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const month = (MONTHS[date.getUTCMonth()] ?? '').replace(/^./, (first) => first.toUpperCase());
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${month} ${date.getUTCFullYear()} ${time} +0000`;
}
