/** What a peer may send; without these one connection could hold any amount of memory or never end. */
export const LIMITS = {
  /** Octets of a line before sign-in: a name, a password or a SASL answer. */
  lineBeforeLogin: 8_192,
  /** Octets of a line afterwards: clients put thousands of UIDs into one FETCH. */
  line: 65_536,
  /** Octets of one literal that is not a message. */
  literalBeforeLogin: 4_096,
  literal: 65_536,
  /** Lines and literals of one command together. */
  command: 262_144,
  /** Literals of one command. */
  literals: 200,
  /** A non-synchronising literal above its limit is read past up to here; above it the session ends (RFC 7888 §4). */
  skippable: 1_048_576,
  /** Sign-in must be done within. */
  loginMs: 60_000,
  /** RFC 3501 §5.4 asks for 30 minutes at least. */
  inactivityMs: 31 * 60_000,
  /** IDLE without a word keeps NAT entries alive with an untagged OK. */
  idlePingMs: 120_000,
  /** Commands refused as BAD in a row. */
  badInRow: 25,
  /** Failed sign-ins of one connection. */
  failedLogins: 4,
  /** Messages of one FETCH batch: one or two database round trips each. */
  fetchBatch: 500,
  /** The same when stored envelopes or structures are read. */
  storedBatch: 1_000,
  /** The same when only flags are read. */
  flagBatch: 25_000,
  /** The same when bodies are opened: small ones come along and sit in memory. */
  bodyBatch: 50,
  /** Messages in one MULTIAPPEND. */
  appendMessages: 100,
} as const;
