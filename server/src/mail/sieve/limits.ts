import { SIEVE_LIMITS } from '../protocol/sieve/index.ts';

export const LIMITS = {
  /** Octets of a line: a name in quotes and a command fit; endless lines would fill memory. */
  line: 4_096,
  /** A literal up to here is taken; a larger one up to `skip` is read past and refused, beyond that we hang up. */
  literal: SIEVE_LIMITS.scriptBytes,
  skip: 16 * 1024 * 1024,
  /** Before sign-in nobody needs more than a password. */
  literalBefore: 4_096,
  /** RFC 5804 §1.1: at least 30 minutes. */
  idleMs: 30 * 60_000,
  /** Strangers get less. */
  idleBeforeMs: 60_000,
  tlsMs: 30_000,
  signIns: 3,
  errors: 20,
  connections: 1_000,
} as const;
