import { CAPABILITIES, SIEVE_LIMITS } from '../protocol/sieve/index.ts';
import type { SieveSession } from './types.ts';

/** Passwords travel under TLS only; the machine itself may speak in the clear. */
export function mayAuthenticate(session: SieveSession): boolean {
  return session.socket.tls !== undefined || session.loopback;
}

/** RFC 5804 §1.7. */
export function capabilityLines(session: SieveSession): string[] {
  // Comparators that every server has need no mention.
  const sieve = [...CAPABILITIES].filter(
    (name) => name !== 'comparator-i;octet' && name !== 'comparator-i;ascii-casemap',
  );
  return [
    '"IMPLEMENTATION" "Hongyan"',
    `"SASL" "${mayAuthenticate(session) ? 'PLAIN LOGIN' : ''}"`,
    `"SIEVE" "${sieve.join(' ')}"`,
    ...(session.socket.tls ? [] : ['"STARTTLS"']),
    `"MAXREDIRECTS" "${SIEVE_LIMITS.redirects}"`,
    '"NOTIFY" "mailto x-hongyan"',
    '"UNAUTHENTICATE"',
    ...(session.account ? [`"OWNER" "${session.account.address.replace(/[\\"]/g, '\\$&')}"`] : []),
    '"VERSION" "1.0"',
  ];
}
