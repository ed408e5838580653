import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface SmsMessage {
  /** Eleven digits. */
  to: string;
  template: string;
  text: string;
  time: Date;
}

/** What became of a message at the provider; `unknown` when the answer never came. */
export type SmsVerdict = { state: 'accepted' } | { state: 'failed' | 'unknown'; reason: string };

export interface SmsProvider {
  name: string;
  send(message: SmsMessage): Promise<SmsVerdict>;
}

/** For the sample institution: writes a line of JSON instead of sending; shown at /console/outbox. */
export function createConsoleProvider(file: string): SmsProvider {
  return {
    name: 'console',
    async send({ to, template, text, time }) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await appendFile(file, `${JSON.stringify({ time: time.toISOString(), to, template, text })}\n`, {
        mode: 0o600,
      });
      return { state: 'accepted' };
    },
  };
}
