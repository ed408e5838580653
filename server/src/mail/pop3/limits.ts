export const LIMITS = {
  /** RFC 2449 §4 allows 255 octets; AUTH answers are longer. Endless lines would fill memory. */
  line: 2_048,
  /** RFC 1939 §3: at least ten minutes. */
  idleMs: 600_000,
  tlsMs: 30_000,
  signIns: 3,
  errors: 20,
  connections: 2_000,
} as const;
