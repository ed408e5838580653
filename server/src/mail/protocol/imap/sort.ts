import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';
import { readSearchKeys, readSearchReturns, type SearchKey, type SearchReturns } from './search.ts';

const KEYS = ['ARRIVAL', 'CC', 'DATE', 'DISPLAYFROM', 'DISPLAYTO', 'FROM', 'SIZE', 'SUBJECT', 'TO'] as const;
export type SortCriterionKey = (typeof KEYS)[number];

export interface SortCriterion {
  by: SortCriterionKey;
  descending: boolean;
}

export interface SortArguments {
  criteria: readonly SortCriterion[];
  key: SearchKey;
  /** ESORT (RFC 5267 §3); undefined = the SORT answer. */
  returns: SearchReturns | undefined;
}

const MAX_CRITERIA = 20;

/** Reads `[RETURN (…) ](criteria) charset keys` (RFC 5256 §5, RFC 5957). */
export function readSortArguments(scanner: Scanner): SortArguments {
  const returns = readSearchReturns(scanner);
  const criteria = scanner.list(() => readCriterion(scanner), MAX_CRITERIA);
  if (criteria.length === 0) throw new ImapSyntaxError('No sort criteria');
  scanner.space();
  const charset = scanner.astringText();
  scanner.space();
  return { criteria, key: readSearchKeys(scanner, charset), returns };
}

function readCriterion(scanner: Scanner): SortCriterion {
  const descending = scanner.accept('REVERSE ');
  const name = scanner.keyword();
  const by = KEYS.find((known) => known === name);
  if (!by) throw new ImapSyntaxError(`Unknown sort criterion ${name}`);
  return { by, descending };
}

export type ThreadAlgorithm = 'ORDEREDSUBJECT' | 'REFERENCES' | 'REFS';

/** Reads `algorithm charset keys` (RFC 5256 §3). */
export function readThreadArguments(scanner: Scanner): { algorithm: ThreadAlgorithm; key: SearchKey } {
  const name = scanner.keyword();
  const algorithm = (['ORDEREDSUBJECT', 'REFERENCES', 'REFS'] as const).find((known) => known === name);
  if (!algorithm) throw new ImapSyntaxError('Unknown threading algorithm');
  scanner.space();
  const charset = scanner.astringText();
  scanner.space();
  return { algorithm, key: readSearchKeys(scanner, charset) };
}
