const DOT = 0x2e;
const LF = 0x0a;

/** Doubles dots at line starts and closes with CRLF.CRLF (RFC 1939 §3); only so many body lines when asked (TOP). */
export async function* dotStuff(pieces: AsyncIterable<Buffer>, bodyLines?: number): AsyncGenerator<Buffer> {
  let atStart = true;
  let lastByte: number | undefined;
  const cut = bodyLines === undefined ? undefined : createCut(bodyLines);
  for await (const whole of pieces) {
    const piece = cut ? cut.take(whole) : whole;
    const out: Buffer[] = [];
    let from = 0;
    let at = 0;
    while (at < piece.length) {
      if (atStart && piece[at] === DOT) {
        out.push(piece.subarray(from, at), Buffer.from('.'));
        from = at;
      }
      const newline = piece.indexOf(LF, at);
      atStart = newline >= 0;
      at = newline < 0 ? piece.length : newline + 1;
    }
    out.push(piece.subarray(from));
    if (piece.length > 0) {
      lastByte = piece[piece.length - 1];
      yield Buffer.concat(out);
    }
    if (cut?.done) break;
  }
  yield Buffer.from(lastByte === LF || lastByte === undefined ? '.\r\n' : '\r\n.\r\n');
}

/** Passes the header, its empty line, and then so many lines. */
function createCut(bodyLines: number) {
  let inHeader = true;
  let lineLength = 0;
  let left = bodyLines;
  let done = false;
  return {
    get done() {
      return done;
    },
    take(piece: Buffer): Buffer {
      let at = 0;
      while (at < piece.length && !done) {
        const newline = piece.indexOf(LF, at);
        if (newline < 0) {
          lineLength += piece.length - at;
          return piece;
        }
        // CR alone before LF is an empty line, as is LF alone.
        const length = lineLength + newline - at;
        const empty = length === 0 || (length === 1 && newline > 0 && piece[newline - 1] === 0x0d);
        lineLength = 0;
        at = newline + 1;
        if (!inHeader) left--;
        else if (empty) inHeader = false;
        if (!inHeader && left <= 0) done = true;
      }
      return piece.subarray(0, at);
    },
  };
}
