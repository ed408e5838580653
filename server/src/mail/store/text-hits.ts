import type { Queryable } from '../../kit/db/index.ts';
import { foldText } from '../protocol/mime/index.ts';
import { queryGrams } from './grams.ts';
import { unpackText } from './packing.ts';
import { columnsIn, hasHit, MESSAGES, sliceRange } from './search-block.ts';
import {
  findSearchCursor,
  listBlockMessages,
  listPackedTexts,
  listSlices,
  listUnindexed,
} from './search-index.store.ts';
import type { Criterion } from './types.ts';

type TextCriterion = Extract<Criterion, { is: 'text' | 'header' }>;

/** What is known of a text before the rows are read. */
export interface TextHits {
  /** Messages that may hold it: all others cannot. Undefined when the text is too short to tell. */
  candidates: number[] | undefined;
  /** Messages whose long body holds it; such bodies are not in the rows that the database compares. */
  packed: number[];
}

/** Long texts read at a time. */
const PAGE = 64;

/** Looks up every text of a search in the index. */
export async function findTextHits(
  db: Queryable,
  accountId: number,
  criterion: Criterion,
): Promise<Map<Criterion, TextHits>> {
  const hits = new Map<Criterion, TextHits>();
  for (const one of textsOf(criterion)) {
    const value = foldText(one.value);
    const candidates = await findCandidates(db, accountId, value);
    const packed =
      value !== '' && one.is === 'text' && (one.where === 'text' || one.where === 'body')
        ? await findPacked(db, accountId, value, candidates)
        : [];
    hits.set(one, { candidates, packed });
  }
  return hits;
}

function* textsOf(criterion: Criterion): Generator<TextCriterion> {
  if (criterion.is === 'text' || criterion.is === 'header') yield criterion;
  else if (criterion.is === 'and' || criterion.is === 'or')
    for (const inner of criterion.of) yield* textsOf(inner);
  else if (criterion.is === 'not') yield* textsOf(criterion.of);
}

/** Messages with all n-grams of the value, and those that the index does not hold yet. */
async function findCandidates(
  db: Queryable,
  accountId: number,
  value: string,
): Promise<number[] | undefined> {
  const grams = queryGrams(value);
  if (grams.length === 0) return undefined;
  // The cursor first: what is sealed in between is then in both parts, never in neither.
  const cursor = await findSearchCursor(db, accountId);
  // Without an index every message would be a candidate.
  if (cursor.modseq === 0) return undefined;
  const unindexed = await listUnindexed(db, accountId, cursor);
  const blocks = await listSlices(
    db,
    accountId,
    grams.map((gram) => sliceRange(MESSAGES, gram)),
  );
  const promising = blocks.filter(({ slices }) => hasHit(slices));
  const messages = await listBlockMessages(
    db,
    accountId,
    promising.map((block) => block.block_id),
  );
  const found = promising.flatMap(({ block_id, slices }) => columnsIn(slices, messages.get(block_id) ?? []));
  return [...new Set([...found, ...unindexed])];
}

async function findPacked(
  db: Queryable,
  accountId: number,
  value: string,
  candidates: readonly number[] | undefined,
): Promise<number[]> {
  const found: number[] = [];
  for (let after = 0; ; ) {
    const page = await listPackedTexts(db, accountId, after, candidates, PAGE);
    for (const { message_id, packed_text } of page)
      if ((await unpackText(packed_text)).includes(value)) found.push(message_id);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return found;
    after = last.message_id;
  }
}
