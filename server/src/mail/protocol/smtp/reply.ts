/** One reply of a server (RFC 5321 §4.2), all its lines. */
export interface ServerReply {
  code: number;
  /** Enhanced status code (RFC 2034) of its first line. */
  enhanced: string | undefined;
  /** Text of each line, without code. */
  lines: string[];
}

/** RFC 5321 §4.5.3.1.5 allows 512; some send longer links to their help pages. */
const MAX_LINE = 4_096;
/** Without a bound a server could talk for ever. */
const MAX_LINES = 200;

export class ReplyError extends Error {
  override name = 'ReplyError';
}

/** Cuts what a server sends into replies; throws ReplyError for what is none. */
export function createReplyReader(): { push(chunk: Buffer): ServerReply[] } {
  let input = '';
  let lines: string[] = [];
  let code = '';

  function line(text: string): ServerReply | undefined {
    const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(text);
    if (!match?.[1] || (code !== '' && match[1] !== code)) throw new ReplyError('not a reply');
    code = match[1];
    lines.push(match[3] ?? '');
    if (lines.length > MAX_LINES) throw new ReplyError('a reply without end');
    if (match[2] === '-') return undefined;
    const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(lines[0] ?? '')?.[1];
    const reply = { code: Number(code), enhanced, lines };
    lines = [];
    code = '';
    return reply;
  }

  return {
    push(chunk) {
      input += chunk.toString('utf8');
      const replies: ServerReply[] = [];
      for (let end = input.indexOf('\n'); end >= 0; end = input.indexOf('\n')) {
        if (end > MAX_LINE) throw new ReplyError('a line without end');
        const reply = line(input.slice(0, end).replace(/\r$/, ''));
        input = input.slice(end + 1);
        if (reply) replies.push(reply);
      }
      if (input.length > MAX_LINE) throw new ReplyError('a line without end');
      return replies;
    },
  };
}

/** Extensions of an EHLO answer (RFC 5321 §4.1.1.1): keyword in capitals to its parameters. */
export function parseExtensions(reply: ServerReply): Map<string, string> {
  return new Map(
    reply.lines.slice(1).map((text) => {
      const [word = '', ...rest] = text.trim().split(/[ =]/);
      return [word.toUpperCase(), rest.join(' ')];
    }),
  );
}

/** As it is told to people and logs: one line. */
export function replyText(reply: ServerReply): string {
  return `${reply.code} ${reply.lines.join(' ')}`
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 1_000);
}
