import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Keys whose values never reach a log line, wherever in the object they sit (three levels deep). */
const SECRET_KEYS = [
  'password',
  'initialPassword',
  'secret',
  'token',
  'cookie',
  'authorization',
  'code',
  'nationalId',
  'phone',
];

/** Structured JSON lines on standard error; `level` as pino knows it, `silent` for tests. */
export function createLogger(level: string): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    { level, base: null, redact: { paths, censor: '[hidden]' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
