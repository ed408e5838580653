/** Announced in the session's core capability (RFC 8620 §2); each bounds what one request can cost. */
export const CORE_LIMITS = {
  maxSizeUpload: 50 * 1024 * 1024,
  maxConcurrentUpload: 4,
  maxSizeRequest: 10 * 1024 * 1024,
  maxConcurrentRequests: 8,
  maxCallsInRequest: 32,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
} as const;

export const MAIL_LIMITS = {
  /** Without it one Email/query could hand out the ids of a million messages. */
  maxQuery: 5_000,
  /** Octets of text values that Email/get hands out when the client sets no limit of its own. */
  maxBodyValue: 1_048_576,
  /** A filter deeper than this only comes from a fuzzer. */
  maxFilterDepth: 16,
  maxFilterConditions: 200,
  maxMailboxesPerEmail: 100,
  maxKeywords: 64,
  maxRecipients: 1_000,
  /** Parts of a message that a client composes. */
  maxParts: 200,
} as const;
