import { eachGram, MAX_QUERY, SLICES } from './grams.ts';

/** Columns of a block. */
export const COLUMNS = 2_048;
const SLICE_BYTES = COLUMNS / 8;
/** N-grams of one column: more would set so many bits that a search finds everything. */
const COLUMN_GRAMS = 2_000;

export interface SearchBlock {
  messageIds: number[];
  slices: Buffer;
}

export interface BlockBuilder {
  /** Adds a message's text, or says no when the block has no room for all of it. */
  add(messageId: number, text: string): boolean;
  readonly columns: number;
  finish(): SearchBlock;
}

/** Puts texts into a block, bit by bit. A long text takes several columns, which overlap by the longest query. */
export function createBlockBuilder(): BlockBuilder {
  const slices = Buffer.alloc(SLICES * SLICE_BYTES);
  const messageIds: number[] = [];

  return {
    get columns() {
      return messageIds.length;
    },
    add(messageId, text) {
      const pieces = cut(text);
      // A text that fills a block alone is let in cut: it is found by what fits, and verified like any other.
      if (messageIds.length > 0 && messageIds.length + pieces.length > COLUMNS) return false;
      for (const { from, to } of pieces.slice(0, COLUMNS)) {
        const column = messageIds.length;
        messageIds.push(messageId);
        const byte = column >> 3;
        const bit = 1 << (column & 7);
        eachGram(text, from, to, (slice) => {
          const at = slice * SLICE_BYTES + byte;
          slices[at] = (slices[at] ?? 0) | bit;
        });
      }
      return true;
    },
    finish: () => ({ messageIds, slices }),
  };
}

/** The text in pieces of about as many n-grams. */
function cut(text: string): { from: number; to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  let from = 0;
  do {
    let grams = 0;
    let to = from;
    // A wide character counts twice: alone and with its neighbour.
    while (to < text.length && grams < COLUMN_GRAMS) grams += text.charCodeAt(to++) >= 0x2e80 ? 2 : 1;
    pieces.push({ from, to: Math.min(text.length, to + MAX_QUERY) });
    from = to;
  } while (from < text.length);
  return pieces;
}

/** Octets `[start, end)` of a slice within a block's bytes. */
export function sliceRange(slice: number): { start: number; length: number } {
  return { start: slice * SLICE_BYTES, length: SLICE_BYTES };
}

/** Messages whose column has a bit in every slice. */
export function columnsIn(slices: readonly Buffer[], messageIds: readonly number[]): number[] {
  const [first, ...others] = slices;
  const hits: number[] = [];
  if (!first) return hits;
  for (let byte = 0; byte < first.length; byte++) {
    let bits = first[byte] ?? 0;
    for (const slice of others) bits &= slice[byte] ?? 0;
    for (let bit = 0; bits !== 0; bit++, bits >>= 1) {
      const id = bits & 1 ? messageIds[byte * 8 + bit] : undefined;
      if (id !== undefined && hits.at(-1) !== id) hits.push(id);
    }
  }
  return hits;
}
