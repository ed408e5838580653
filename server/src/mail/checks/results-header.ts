/** How an Authentication-Results field begins. */
const FIELD = /^authentication-results[ \t]*:/i;
/** Longer results are cut; nobody's honest result comes near. */
const MAX_RESULT = 700;

/** One Authentication-Results field of ours (RFC 8601 §2.2), folded, with CRLF. No result at all is said as `none`. */
export function resultsField(authservId: string, results: readonly string[]): string {
  const lines =
    results.length === 0 ? ['none'] : results.map((text) => fold(clean(text).slice(0, MAX_RESULT)));
  return `Authentication-Results: ${authservId};\r\n\t${lines.join(';\r\n\t')}\r\n`;
}

function clean(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Breaks at spaces, so that lines stay below 78 where they can. */
function fold(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > 70) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\r\n\t ');
}

/**
 * The header block without Authentication-Results fields that claim to be ours (RFC 8601 §5): whoever reads the
 * message would believe a forger. The same buffer when there is none, which is the usual case.
 */
export function withoutForgedResults(block: Buffer, authservId: string): Buffer {
  if (!/authentication-results/i.test(block.toString('latin1'))) return block;
  const kept: Buffer[] = [];
  for (const field of fieldsOf(block)) if (!isOurs(field, authservId)) kept.push(field);
  return Buffer.concat(kept);
}

function isOurs(field: Buffer, authservId: string): boolean {
  const text = field.toString('latin1');
  const match = FIELD.exec(text);
  if (!match) return false;
  // Comments may stand before the name, and the name may be quoted.
  const value = text.slice(match[0].length).replace(/\((?:[^()\\]|\\.)*\)/g, ' ');
  const id = /^\s*"?([^\s;"]+)/.exec(value)?.[1] ?? '';
  return id.toLowerCase() === authservId.toLowerCase();
}

/** Fields with their continuation lines, every octet of the block once. */
export function* fieldsOf(block: Buffer): Generator<Buffer> {
  let start = 0;
  let at = 0;
  while (at < block.length) {
    const newline = block.indexOf(0x0a, at);
    at = newline < 0 ? block.length : newline + 1;
    if (block[at] === 0x20 || block[at] === 0x09) continue;
    yield block.subarray(start, at);
    start = at;
  }
}
