import { MethodError } from './errors.ts';
import type { Arguments, JsonObject } from './json.ts';
import { MAIL_LIMITS } from './limits.ts';

/** Which part of a list a /query asks for (RFC 8620 §5.5). */
export interface Page {
  /** May be negative: counted from the end. */
  position: number;
  anchor: string | undefined;
  anchorOffset: number;
  limit: number;
  /** The client's own limit was higher than ours, or absent. */
  limited: boolean;
}

export function readPage(args: Arguments): Page {
  const wanted = args.int('limit');
  const limit = Math.min(wanted ?? MAIL_LIMITS.maxQuery, MAIL_LIMITS.maxQuery);
  return {
    position: args.int('position', { min: -Number.MAX_SAFE_INTEGER }) ?? 0,
    anchor: args.maybeString('anchor'),
    anchorOffset: args.int('anchorOffset', { min: -Number.MAX_SAFE_INTEGER }) ?? 0,
    limit,
    limited: wanted === undefined || wanted > limit,
  };
}

/** Where the page starts in a whole list. Throws anchorNotFound. */
export function startOf(all: readonly string[], page: Page): number {
  if (page.anchor !== undefined) {
    const index = all.indexOf(page.anchor);
    if (index < 0) throw new MethodError('anchorNotFound');
    return Math.max(0, index + page.anchorOffset);
  }
  return page.position < 0 ? Math.max(0, all.length + page.position) : page.position;
}

/** The page of a list that is in memory as a whole. */
export function pageOf(all: readonly string[], page: Page, withTotal: boolean): JsonObject {
  const position = startOf(all, page);
  return {
    position,
    ids: all.slice(position, position + page.limit),
    ...(withTotal ? { total: all.length } : {}),
    ...(page.limited ? { limit: page.limit } : {}),
  };
}
