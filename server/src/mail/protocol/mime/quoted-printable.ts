const MAX_LINE = 76;

/** Text as quoted-printable (RFC 2045 §6.7): CRLF stays a line break, a lone CR or LF is an octet. */
export function encodeQuotedPrintable(text: Buffer): Buffer {
  const lines = text.toString('latin1').split('\r\n');
  return Buffer.from(lines.map(encodeLine).join('\r\n'), 'latin1');
}

function encodeLine(line: string): string {
  const out: string[] = [];
  let width = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    const last = at === line.length - 1;
    const space = code === 0x20 || code === 0x09;
    const plain = space ? !last : code > 0x20 && code < 0x7f && code !== 0x3d;
    const piece = plain ? line.charAt(at) : `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
    // The last column is for the `=` of a soft break.
    if (width + piece.length > MAX_LINE - (last ? 0 : 1)) {
      out.push('=\r\n');
      width = 0;
    }
    out.push(piece);
    width += piece.length;
  }
  return out.join('');
}
