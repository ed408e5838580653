export const FILTER_LIMITS = {
  /** Scripts of one account: each is up to SIEVE_LIMITS.scriptBytes. */
  scripts: 32,
  /** Octets of all scripts of one account. */
  totalBytes: 1024 * 1024,
  /** Characters of a script's name (RFC 5804 §1.6 asks for 128). */
  name: 128,
  /** Compiled rules kept in memory: a large script is some hundred kilobytes. */
  compiled: 2_000,
  /** Received fields from which mail is not sent on any more (RFC 5321 §6.3). */
  hops: 30,
  /** Addresses that one account may answer and ids that it may remember: a flood would fill the table. */
  remembered: 50_000,
} as const;
