/**
 * N-grams of folded text, hashed to 32 bits; a block takes as many of them as it has slices. CJK text counts by single characters and pairs, since a word may be
 * one character; other scripts by threes. Every n-gram of a substring is one of the text, so a message without one of
 * the query's n-grams cannot hold it; hash collisions only let through what is then verified.
 */

/** Han, kana, hangul, and everything outside the BMP (as surrogates). */
function isWide(code: number): boolean {
  return code >= 0x2e80 && (code <= 0xd7af || code >= 0xf900 || (code >= 0xd800 && code <= 0xdfff));
}

function mix(a: number, b: number, c: number): number {
  let hash =
    Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b) ^ Math.imul(c + 0x165667b1, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Calls `hit` with the hash of each n-gram that begins in `[from, to)`; repeated ones come repeatedly. */
export function eachGram(text: string, from: number, to: number, hit: (hash: number) => void): void {
  for (let at = from; at < to; at++) {
    const a = text.charCodeAt(at);
    const wide = isWide(a);
    if (wide) hit(mix(a, 0, 0));
    if (at + 1 >= text.length) continue;
    const b = text.charCodeAt(at + 1);
    if (wide || isWide(b)) {
      hit(mix(a, b, 1));
      continue;
    }
    if (at + 2 >= text.length) continue;
    const c = text.charCodeAt(at + 2);
    if (!isWide(c)) hit(mix(a, b, c + 2));
  }
}

/** More n-grams than this tell no more than the first ones. */
const MAX_QUERY_GRAMS = 8;
/** Longer queries are looked up by their beginning: a piece of text overlaps the next by as much. */
export const MAX_QUERY = 64;

/** N-grams that a text holding `value` must have; empty when the value is too short to tell. */
export function queryGrams(value: string, most = MAX_QUERY_GRAMS): number[] {
  const head = value.slice(0, MAX_QUERY);
  const found = new Set<number>();
  eachGram(head, 0, head.length, (hash) => found.add(hash));
  const all = [...found];
  if (all.length <= most) return all;
  // Spread over the value: neighbours say the same thing twice.
  const step = all.length / most;
  return Array.from({ length: most }, (_, index) => all[Math.floor(index * step)] ?? 0);
}
