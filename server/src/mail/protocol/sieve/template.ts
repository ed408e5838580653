/** A string of a script: constant, or with `${…}` to be filled at run time (RFC 5229 §3). */
export type Template = string | readonly TemplatePiece[];
export type TemplatePiece = string | { variable: string } | { group: number };

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*|[0-9]{1,9}(?![0-9]))\}/g;

/** Finds references; a `${` that begins none stays as it is. Names are folded to lower case. */
export function parseTemplate(text: string): Template {
  if (!text.includes('${')) return text;
  const pieces: TemplatePiece[] = [];
  let last = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > last) pieces.push(text.slice(last, match.index));
    const name = match[1] ?? '';
    pieces.push(/^[0-9]/.test(name) ? { group: Number(name) } : { variable: name.toLowerCase() });
    last = match.index + match[0].length;
  }
  if (pieces.length === 0) return text;
  if (last < text.length) pieces.push(text.slice(last));
  return pieces;
}

/** `${hex: 40 41}` and `${unicode: 4e2d}` (RFC 5228 §2.4.2.4); throws for a code point that does not exist. */
export function decodeCharacters(text: string): string {
  if (!text.includes('${')) return text;
  // Neighbouring hex sequences may make one UTF-8 character together.
  const runs = text.replace(/(?:\$\{hex:[\s0-9a-f]*\})+/gi, (run) => {
    const pairs: number[] = [];
    for (const [, inner = ''] of run.matchAll(/\$\{hex:([\s0-9a-f]*)\}/gi)) {
      const words = inner.split(/\s+/).filter((word) => word !== '');
      if (words.length === 0 || words.some((word) => word.length > 2)) return run;
      pairs.push(...words.map((word) => Number.parseInt(word, 16)));
    }
    return Buffer.from(pairs).toString('utf8');
  });
  return runs.replace(/\$\{unicode:([\s0-9a-f]*)\}/gi, (whole, inner: string) => {
    const words = inner.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) return whole;
    return words
      .map((word) => {
        const code = Number.parseInt(word, 16);
        if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
          throw new RangeError(`no character ${word}`);
        return String.fromCodePoint(code);
      })
      .join('');
  });
}
