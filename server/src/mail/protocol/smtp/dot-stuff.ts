const DOT = 0x2e;
const LF = 0x0a;
const CR = 0x0d;

/**
 * A message as DATA sends it (RFC 5321 §4.5.2): a dot more on lines that begin with one, CRLF before the final dot
 * if the message does not end with it.
 */
export async function* dotStuff(message: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let lineStart = true;
  let last = 0;
  let beforeLast = 0;
  for await (const chunk of message) {
    if (chunk.length === 0) continue;
    let from = 0;
    for (let at = chunk.indexOf(DOT); at >= 0; at = chunk.indexOf(DOT, at + 1)) {
      if (at === 0 ? !lineStart : chunk[at - 1] !== LF) continue;
      yield chunk.subarray(from, at + 1);
      from = at;
    }
    yield chunk.subarray(from);
    beforeLast = chunk.length > 1 ? (chunk.at(-2) ?? 0) : last;
    last = chunk.at(-1) ?? 0;
    lineStart = last === LF;
  }
  yield Buffer.from(last === LF && beforeLast === CR ? '.\r\n' : last === 0 ? '.\r\n' : '\r\n.\r\n');
}
