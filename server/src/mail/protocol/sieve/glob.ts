/** One piece of a `:matches` pattern: text, `?` or `*` (RFC 5228 §2.7.1). */
export type GlobPiece = { kind: 'text'; text: string } | { kind: 'one' } | { kind: 'any' };

/** Splits a pattern; `\` takes the next character literally. */
export function parseGlob(pattern: string): GlobPiece[] {
  const pieces: GlobPiece[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '\\') text += pattern[++at] ?? '\\';
    else if (character === '*' || character === '?') {
      flush();
      pieces.push({ kind: character === '*' ? 'any' : 'one' });
    } else text += character;
  }
  flush();
  return pieces;
}

type Segment = Exclude<GlobPiece, { kind: 'any' }>[];

/**
 * Matches a whole value; gives start and end of what each `*` and `?` stood for, or undefined. Each `*` takes as
 * little as possible from the left (RFC 5229 §3.2), so segments are simply found one after another: no backtracking.
 * `work` is told how many characters are looked at.
 */
export function matchGlob(
  pieces: readonly GlobPiece[],
  value: string,
  work: (characters: number) => void,
): [number, number][] | undefined {
  const segments: Segment[] = [[]];
  for (const piece of pieces) {
    if (piece.kind === 'any') segments.push([]);
    else segments.at(-1)?.push(piece);
  }
  const captures: [number, number][] = [];
  let at = 0;
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    const found =
      index === 0
        ? place(segment, value, at)
        : last
          ? placeAtEnd(segment, value, at, work)
          : search(segment, value, at, work);
    if (!found || (last && found.end !== value.length)) return undefined;
    if (index > 0) captures.push([at, found.start]);
    captures.push(...found.captures);
    at = found.end;
  }
  return captures;
}

interface Placed {
  start: number;
  end: number;
  captures: [number, number][];
}

/** Does the segment stand exactly here? */
function place(segment: Segment, value: string, start: number): Placed | undefined {
  const captures: [number, number][] = [];
  let at = start;
  for (const piece of segment) {
    if (piece.kind === 'text') {
      if (!value.startsWith(piece.text, at)) return undefined;
      at += piece.text.length;
      continue;
    }
    const code = value.codePointAt(at);
    if (code === undefined) return undefined;
    const end = at + (code > 0xffff ? 2 : 1);
    captures.push([at, end]);
    at = end;
  }
  return { start, end: at, captures };
}

function search(
  segment: Segment,
  value: string,
  from: number,
  work: (characters: number) => void,
): Placed | undefined {
  const [first] = segment;
  if (!first) return { start: from, end: from, captures: [] };
  for (let start = from; start <= value.length; start++) {
    if (first.kind === 'text') {
      start = value.indexOf(first.text, start);
      if (start < 0) return undefined;
    }
    if (segment.length > 1) work(segment.length * 32);
    const placed = place(segment, value, start);
    if (placed) return placed;
  }
  return undefined;
}

/** The last segment ends where the value ends; its length in characters is known. */
function placeAtEnd(
  segment: Segment,
  value: string,
  from: number,
  work: (characters: number) => void,
): Placed | undefined {
  let start = value.length;
  for (const piece of segment.toReversed()) {
    if (piece.kind === 'text') start -= piece.text.length;
    else {
      const low = value.charCodeAt(start - 1);
      start -= low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
    }
    work(1);
    if (start < from) return undefined;
  }
  return place(segment, value, start);
}
