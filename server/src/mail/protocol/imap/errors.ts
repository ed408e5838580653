/**
 * A command that the grammar refuses: answered with a tagged BAD (RFC 3501 §7.1.3), or with the tagged NO that
 * `code` stands for, e.g. `BADCHARSET (UTF-8)` (RFC 3501 §6.4.4).
 */
export class ImapSyntaxError extends Error {
  /** Response code without the brackets, when the RFC gives one. */
  readonly code: string | undefined;
  /** True when the line is well formed but cannot be served: answered NO in place of BAD. */
  readonly refusal: boolean;

  constructor(message: string, options: { code?: string; refusal?: boolean } = {}) {
    super(message);
    this.name = 'ImapSyntaxError';
    this.code = options.code;
    this.refusal = options.refusal ?? false;
  }
}
