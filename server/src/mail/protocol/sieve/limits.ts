/** Bounds of scripts and of their runs; beside each, what happens without it. */
export const SIEVE_LIMITS = {
  /** Octets of a script: it is parsed at PUTSCRIPT and held in memory when mail arrives. */
  scriptBytes: 256 * 1024,
  /** Blocks and tests within each other: the parser and the interpreter are recursive. */
  nesting: 32,
  /** Tokens: a tree of a million nodes would be built from `;;;;`. */
  tokens: 50_000,
  /** Strings of one list: each is compared with each value. */
  listLength: 1_000,
  /** Characters of one string. */
  stringLength: 64 * 1024,
  /** Characters of a variable's value (RFC 5229 §4 asks for 4,000): doubling in a row would fill memory. */
  variableLength: 8_000,
  /** Variables of one script (RFC 5229 §4 asks for 128). */
  variables: 512,
  /** Units of work of one delivery: see `Run.work`. */
  work: 400_000,
  /** Scripts that include each other (RFC 6609 §3.1 asks for 3). */
  includeDepth: 10,
  includes: 50,
  /** Actions of one delivery. */
  actions: 64,
  /** Copies that one message may become elsewhere: without it a script is an amplifier. */
  redirects: 20,
  notifications: 10,
  headerEdits: 100,
  /** Octets of decoded body that `body` looks at. */
  bodyBytes: 1024 * 1024,
  /** Characters that a regular expression looks at, and the size of its program: their product is its time. */
  regexInput: 8 * 1024,
  regexProgram: 1_000,
} as const;
