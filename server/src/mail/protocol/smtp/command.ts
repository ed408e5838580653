export interface Command {
  /** Upper case. */
  verb: string;
  /** Everything after the verb and one space. */
  rest: string;
}

/** Splits a command line; undefined when there is no verb or a control character inside. */
export function parseCommand(line: Buffer): Command | undefined {
  const text = line.toString('utf8');
  // A line that is not UTF-8 comes back with replacement characters; SMTP has no other charset (RFC 6531).
  if (/[\x00-\x08\x0a-\x1f\x7f\ufffd]/.test(text)) return undefined;
  const match = /^([A-Za-z]{1,12})(?: (.*)|\s*)$/s.exec(text);
  return match?.[1] ? { verb: match[1].toUpperCase(), rest: match[2] ?? '' } : undefined;
}

/** Formats a reply, several lines with `-` (RFC 5321 §4.2.1) and the enhanced code on each (RFC 2034 §3). */
export function formatReply(code: number, enhanced: string | undefined, lines: readonly string[]): string {
  return lines
    .map((line, index) => {
      const mark = index === lines.length - 1 ? ' ' : '-';
      return `${code}${mark}${enhanced === undefined ? '' : `${enhanced} `}${line.replace(/[\r\n]+/g, ' ')}\r\n`;
    })
    .join('');
}
