import dayjs from 'dayjs';
import { defineTexts, language, translate } from './texts.ts';

const texts = defineTexts('time', {
  now: ['刚刚', 'just now'],
  minutes: ['{{count}} 分钟前', '{{count}} minutes ago', '1 minute ago'],
  today: ['今天 {{time}}', 'today {{time}}'],
  yesterday: ['昨天 {{time}}', 'yesterday {{time}}'],
  tookMinutes: ['{{count}} 分钟', '{{count}} minutes', '1 minute'],
  tookHours: ['{{count}} 小时', '{{count}} hours', '1 hour'],
  tookDays: ['{{count}} 天', '{{count}} days', '1 day'],
  tookMoment: ['不到 1 分钟', 'less than a minute'],
});
const t = (key: keyof typeof texts.pairs, values?: Record<string, string | number>) =>
  translate(texts, key, values);

/** 刚刚, 10 分钟前, 今天 09:12, 昨天 16:55, 11-20 08:00, 2025-11-23. */
export function friendlyTime(instant: string | number | Date): string {
  const time = dayjs(instant);
  const now = dayjs();
  const minutes = now.diff(time, 'minute');
  if (minutes >= 0 && minutes < 1) return t('now');
  if (minutes > 0 && minutes < 60) return t('minutes', { count: minutes });
  const clock = time.format('HH:mm');
  if (time.isSame(now, 'day')) return t('today', { time: clock });
  if (time.isSame(now.subtract(1, 'day'), 'day')) return t('yesterday', { time: clock });
  return time.isSame(now, 'year') ? time.format('MM-DD HH:mm') : time.format('YYYY-MM-DD');
}

/** For dense lists: 09:12, 昨天, 11-20, 2025-11-20. */
export function shortTime(instant: string): string {
  const time = dayjs(instant);
  const now = dayjs();
  if (time.isSame(now, 'day')) return time.format('HH:mm');
  if (time.isSame(now, 'year')) return time.format('MM-DD');
  return time.format('YYYY-MM-DD');
}

export const fullTime = (instant: string): string => dayjs(instant).format('YYYY-MM-DD HH:mm');
export const day = (instant: string): string => dayjs(instant).format('YYYY-MM-DD');

/** How long from one instant to another, in the largest unit that says enough. */
export function took(from: string, to: string): string {
  const minutes = dayjs(to).diff(dayjs(from), 'minute');
  if (minutes < 1) return t('tookMoment');
  if (minutes < 60) return t('tookMinutes', { count: minutes });
  if (minutes < 60 * 24) return t('tookHours', { count: Math.round(minutes / 60) });
  return t('tookDays', { count: Math.round(minutes / 60 / 24) });
}

export const number = (value: number): string => new Intl.NumberFormat(language()).format(value);

/** 1.5 MB. The units are the same in both languages. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? ''}`;
}
