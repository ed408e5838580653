/** Modified UTF-7 for mailbox names (RFC 3501 §5.1.3): `&` opens base64 of UTF-16BE, `-` closes it, `&-` is `&`. */

/** Decodes a modified UTF-7 name; undefined when it is not well formed (bare `&`, wrong base64, encoded ASCII is let pass). */
export function decodeUtf7(encoded: string): string | undefined {
  if (!encoded.includes('&')) return encoded;
  let out = '';
  let at = 0;
  while (at < encoded.length) {
    const open = encoded.indexOf('&', at);
    if (open < 0) return out + encoded.slice(at);
    out += encoded.slice(at, open);
    const close = encoded.indexOf('-', open);
    if (close < 0) return undefined;
    const run = encoded.slice(open + 1, close);
    if (run === '') out += '&';
    else {
      const text = decodeRun(run);
      if (text === undefined) return undefined;
      out += text;
    }
    at = close + 1;
  }
  return out;
}

/** Encodes any Unicode name into printable ASCII. A lone surrogate becomes U+FFFD first. */
export function encodeUtf7(name: string): string {
  return name.toWellFormed().replace(/&|[^\u0020-\u007e]+/g, (run) => {
    if (run === '&') return '&-';
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replaceAll('/', ',').replaceAll('=', '')}-`;
  });
}

function decodeRun(run: string): string | undefined {
  if (!/^[A-Za-z0-9+,]+$/.test(run)) return undefined;
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
  // Whole UTF-16 units only, and the bits left over must be fewer than one base64 digit can hide.
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  const text = bytes.swap16().toString('utf16le');
  return text.isWellFormed() ? text : undefined;
}
