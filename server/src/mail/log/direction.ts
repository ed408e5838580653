import type { MailDirection } from '@hongyan/contract';
import type { Origin } from '../queue/index.ts';

/** Which way a message went, as people say it. */
export function directionOf(origin: Origin, local: boolean): MailDirection {
  if (origin === 'mx') return 'in';
  if (origin === 'submission') return local ? 'local' : 'out';
  return local ? 'system' : 'out';
}
