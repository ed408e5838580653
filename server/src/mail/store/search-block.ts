import { eachGram, MAX_QUERY } from './grams.ts';

/** How many columns and slices a block has; both powers of two. */
export interface BlockShape {
  columns: number;
  slices: number;
}
/** Letters: a few hundred of them, each of some thousand characters. */
export const MESSAGES: BlockShape = { columns: 2_048, slices: 8_192 };
/** Lines of the message log: short and very many. */
export const LOG_LINES: BlockShape = { columns: 16_384, slices: 2_048 };

/** N-grams of one column, relative to the slices: more would set so many bits that a search finds everything. */
const FILL = 1 / 4;

export interface SearchBlock {
  /** What each column belongs to. */
  ids: number[];
  slices: Buffer;
}

export interface BlockBuilder {
  /** Adds a text, or says no when the block has no room for all of it. */
  add(id: number, text: string): boolean;
  readonly columns: number;
  finish(): SearchBlock;
}

/** Puts texts into a block, bit by bit. A long text takes several columns, which overlap by the longest query. */
export function createBlockBuilder(shape: BlockShape): BlockBuilder {
  const width = shape.columns / 8;
  const mask = shape.slices - 1;
  const slices = Buffer.alloc(shape.slices * width);
  const ids: number[] = [];

  return {
    get columns() {
      return ids.length;
    },
    add(id, text) {
      const pieces = cut(text, shape.slices * FILL);
      // A text that fills a block alone is let in cut: it is found by what fits, and verified like any other.
      if (ids.length > 0 && ids.length + pieces.length > shape.columns) return false;
      for (const { from, to } of pieces.slice(0, shape.columns)) {
        const column = ids.length;
        ids.push(id);
        const byte = column >> 3;
        const bit = 1 << (column & 7);
        eachGram(text, from, to, (hash) => {
          const at = (hash & mask) * width + byte;
          slices[at] = (slices[at] ?? 0) | bit;
        });
      }
      return true;
    },
    finish: () => ({ ids, slices }),
  };
}

/** The text in pieces of about as many n-grams. */
function cut(text: string, grams: number): { from: number; to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  let from = 0;
  do {
    let count = 0;
    let to = from;
    // A wide character counts twice: alone and with its neighbour.
    while (to < text.length && count < grams) count += text.charCodeAt(to++) >= 0x2e80 ? 2 : 1;
    pieces.push({ from, to: Math.min(text.length, to + MAX_QUERY) });
    from = to;
  } while (from < text.length);
  return pieces;
}

/** Where the slice of an n-gram lies within a block's bytes. */
export function sliceRange(shape: BlockShape, hash: number): { start: number; length: number } {
  const length = shape.columns / 8;
  return { start: (hash & (shape.slices - 1)) * length, length };
}

/** What the columns with a bit in every slice belong to. */
export function columnsIn(slices: readonly Buffer[], ids: readonly number[]): number[] {
  const [first, ...others] = slices;
  const hits: number[] = [];
  if (!first) return hits;
  for (let byte = 0; byte < first.length; byte++) {
    let bits = first[byte] ?? 0;
    for (const slice of others) bits &= slice[byte] ?? 0;
    for (let bit = 0; bits !== 0; bit++, bits >>= 1) {
      const id = bits & 1 ? ids[byte * 8 + bit] : undefined;
      if (id !== undefined && hits.at(-1) !== id) hits.push(id);
    }
  }
  return hits;
}

/** Does any column have a bit in every slice? */
export function hasHit(slices: readonly Buffer[]): boolean {
  const [first, ...others] = slices;
  if (!first) return false;
  for (let byte = 0; byte < first.length; byte++) {
    let bits = first[byte] ?? 0;
    for (const slice of others) bits &= slice[byte] ?? 0;
    if (bits !== 0) return true;
  }
  return false;
}
