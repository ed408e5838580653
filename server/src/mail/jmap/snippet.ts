import type { Criterion } from '../store/index.ts';

/** Words of a search by where they were looked for; what is negated was not found. */
export function foundWords(criterion: Criterion): { subject: string[]; body: string[] } {
  const subject: string[] = [];
  const body: string[] = [];
  const walk = (part: Criterion): void => {
    if (part.is === 'and' || part.is === 'or') part.of.forEach(walk);
    if (part.is !== 'text' || part.value === '') return;
    if (part.where === 'subject' || part.where === 'text') subject.push(part.value);
    if (part.where === 'body' || part.where === 'text') body.push(part.value);
  };
  walk(criterion);
  return { subject, body };
}

/** HTML of `text` with every found word in <mark>; null when none is in it (RFC 8621 §5). */
export function mark(text: string, words: readonly string[]): string | null {
  const ranges = findAll(text, words);
  if (ranges.length === 0) return null;
  let out = '';
  let at = 0;
  for (const { start, end } of ranges) {
    out += `${escapeHtml(text.slice(at, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    at = end;
  }
  return out + escapeHtml(text.slice(at));
}

/** RFC 8621 §5: at most 255 octets; kept well below, since marks and escapes come on top. */
const AROUND = 60;
const MAX_OCTETS = 255;

/** A stretch of a long text around the first found word, marked; null when none is in it. */
export function snippet(text: string, words: readonly string[]): string | null {
  const flat = text.replace(/\s+/g, ' ').trim();
  const [first] = findAll(flat, words);
  if (!first) return null;
  for (let around = AROUND; around >= 0; around -= 10) {
    const cut = flat.slice(Math.max(0, first.start - around), first.end + around).toWellFormed();
    const marked = mark(cut, words);
    if (marked !== null && (Buffer.byteLength(marked) <= MAX_OCTETS || around === 0)) return marked;
  }
  return null;
}

function findAll(text: string, words: readonly string[]): { start: number; end: number }[] {
  const lower = text.toLowerCase();
  // A character that changes its length in lower case would shift every place behind it.
  const hay = lower.length === text.length ? lower : text;
  const found: { start: number; end: number }[] = [];
  for (const word of words) {
    const needle = word.toLowerCase();
    for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
      found.push({ start: at, end: at + needle.length });
    }
  }
  found.sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged;
}

function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char,
  );
}
