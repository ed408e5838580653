import type { MailLogState } from '@hongyan/contract';

const TONES = new Map<MailLogState, 'good' | 'warn' | 'bad' | 'plain'>([
  ['delivered', 'good'],
  ['relayed', 'good'],
  ['waiting', 'warn'],
  ['failed', 'bad'],
  ['expired', 'bad'],
  ['refused', 'bad'],
]);

/** The colour of a state. */
export const toneOf = (state: MailLogState) => TONES.get(state) ?? 'plain';
