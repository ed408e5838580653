import type { MimePart } from './types.ts';

export type SectionKind = 'all' | 'header' | 'text' | 'mime';

export interface SectionSource {
  structure: MimePart;
  /** Octets before the stored body: they belong to the message's header. */
  prefixSize: number;
  /** Served octets. */
  size: number;
}

/** The part that a number path names (RFC 3501 §6.4.5); an empty path is the message. */
export function findPart(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part = root;
  /** Numbers count below this one: a message's root, or a multipart. */
  let container: MimePart | undefined = root;
  for (const number of path) {
    if (!container) return undefined;
    // A message that is no multipart has one part, itself.
    const next: MimePart | undefined = container.parts
      ? container.parts[number - 1]
      : number === 1
        ? container
        : undefined;
    if (!next) return undefined;
    part = next;
    if (part.parts && part !== container) container = part;
    else container = part.message?.part;
  }
  return part;
}

/**
 * Octets `[start, end)` of a section in the served message; undefined when there is no such section.
 * `header` and `text` of a part exist for message/rfc822 only.
 */
export function sectionRange(
  source: SectionSource,
  path: readonly number[],
  kind: SectionKind,
): { start: number; end: number } | undefined {
  const { structure: root, prefixSize, size } = source;
  if (path.length === 0) {
    if (kind === 'all') return { start: 0, end: size };
    if (kind === 'text') return { start: prefixSize + root.start, end: size };
    return { start: 0, end: prefixSize + root.start };
  }
  const part = findPart(root, path);
  if (!part) return undefined;
  const served = (start: number, end: number) => ({
    // The message's own header includes the prefix.
    start: start === 0 && part === root ? 0 : prefixSize + start,
    end: prefixSize + end,
  });
  if (kind === 'all') return { start: prefixSize + part.start, end: prefixSize + part.end };
  if (kind === 'mime') return served(part.headerStart, part.start);
  const inner = part.message?.part;
  if (!inner) return undefined;
  return kind === 'header'
    ? { start: prefixSize + inner.headerStart, end: prefixSize + inner.start }
    : { start: prefixSize + inner.start, end: prefixSize + inner.end };
}
