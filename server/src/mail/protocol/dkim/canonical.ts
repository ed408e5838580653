import { createHash } from 'node:crypto';

export interface BodyHash {
  update(chunk: Buffer): void;
  /** Base64; call it once. */
  digest(): string;
}

/** Relaxed canonicalisation of a header field (RFC 6376 §3.4.2), without its CRLF at the end. */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${name}:${value}`;
}

/** SHA-256 over the body in relaxed form (RFC 6376 §3.4.4), fed in pieces. */
export function createBodyHash(): BodyHash {
  const hash = createHash('sha256');
  /** The last line, whose end has not come yet. */
  let rest = '';
  /** Empty lines held back: at the end of the body they do not count. */
  let empty = 0;
  let any = false;

  function lines(text: string): void {
    for (const raw of text.split('\r\n')) {
      const line = raw.replace(/[ \t]+/g, ' ').replace(/ $/, '');
      if (line === '') {
        empty++;
        continue;
      }
      hash.update(`${'\r\n'.repeat(empty)}${line}\r\n`, 'latin1');
      empty = 0;
      any = true;
    }
  }

  return {
    update(chunk) {
      const text = rest + chunk.toString('latin1');
      const end = text.lastIndexOf('\r\n');
      if (end < 0) {
        rest = text;
        return;
      }
      lines(text.slice(0, end));
      rest = text.slice(end + 2);
    },
    digest() {
      if (rest !== '') lines(rest);
      // An empty body stays empty (errata 1384).
      return any ? hash.digest('base64') : createHash('sha256').digest('base64');
    },
  };
}

/** SHA-256 over the body as it is, without empty lines at its end (RFC 6376 §3.4.3), fed in pieces. */
export function createSimpleBodyHash(): BodyHash {
  const hash = createHash('sha256');
  /** CR and LF at the end so far; they count only when something follows. */
  let held: Buffer = Buffer.alloc(0);
  return {
    update(chunk) {
      let end = chunk.length;
      while (end > 0 && (chunk[end - 1] === 0x0a || chunk[end - 1] === 0x0d)) end--;
      if (end === 0) {
        held = Buffer.concat([held, chunk]);
        return;
      }
      hash.update(held).update(chunk.subarray(0, end));
      held = Buffer.from(chunk.subarray(end));
    },
    digest() {
      // Whole line ends go; what is left of them is content, and the body ends with one CRLF in any case.
      const rest = held.toString('latin1').replace(/(?:\r\n)+$/, '');
      return hash.update(`${rest}\r\n`, 'latin1').digest('base64');
    },
  };
}
