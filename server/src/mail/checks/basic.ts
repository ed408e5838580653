import type { ParsedMessage } from '../protocol/mime/index.ts';

/** What a check says about a message before we answer 250. */
export type CheckVerdict =
  | { kind: 'pass' }
  | { kind: 'reject'; code: number; status: string; text: string }
  | { kind: 'defer'; code: number; status: string; text: string };

/** RFC 5321 §6.3 suggests a hundred; real paths stay below twenty. Without it two forwarding servers never end. */
const MAX_RECEIVED = 50;

export function checkLoop(message: ParsedMessage): CheckVerdict {
  if (message.received <= MAX_RECEIVED) return { kind: 'pass' };
  return { kind: 'reject', code: 554, status: '5.4.6', text: 'Routing loop detected: too many hops' };
}

export function checkSize(size: number, maxBytes: number): CheckVerdict {
  if (size <= maxBytes) return { kind: 'pass' };
  return {
    kind: 'reject',
    code: 552,
    status: '5.3.4',
    text: `Message too large, the limit is ${maxBytes} octets`,
  };
}
