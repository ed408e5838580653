import { formatPartialRange, formatSet, type SearchReturns, takePartial } from '../protocol/imap/index.ts';

/** What an ESEARCH answer is made of; `numbers` are in the order of the answer. */
export interface EsearchAnswer {
  tag: string;
  byUid: boolean;
  returns: SearchReturns;
  numbers: readonly number[];
  modseq: number | undefined;
}

/** `* ESEARCH (TAG "a") UID MIN 2 ALL 2:5` (RFC 4731 §3.1, RFC 5267 §3, RFC 9394 §3.1). */
export function esearchLine({ tag, byUid, returns, numbers, modseq }: EsearchAnswer): string {
  const { items, partial } = returns;
  const parts = [`* ESEARCH (TAG ${JSON.stringify(tag)})`];
  if (byUid) parts.push('UID');
  if (numbers.length > 0) {
    if (items.has('MIN')) parts.push(`MIN ${numbers[0]}`);
    if (items.has('MAX')) parts.push(`MAX ${numbers.at(-1)}`);
    if (items.has('ALL')) parts.push(`ALL ${formatSet(numbers)}`);
  }
  if (items.has('COUNT')) parts.push(`COUNT ${numbers.length}`);
  if (partial) {
    const some = formatSet(takePartial(numbers, partial));
    parts.push(`PARTIAL (${formatPartialRange(partial)} ${some === '' ? 'NIL' : some})`);
  }
  if (modseq !== undefined) parts.push(`MODSEQ ${modseq}`);
  return parts.join(' ');
}

/** True when only the first, the last or both results are told, so that only they count for MODSEQ and SAVE. */
export function endsOnly({ items }: SearchReturns): boolean {
  const other = items.has('ALL') || items.has('COUNT') || items.has('PARTIAL');
  return !other && (items.has('MIN') || items.has('MAX'));
}

/** The results that an answer speaks of (RFC 5182 §2.4, RFC 7162 §3.1.10). */
export function toldResults<T>(found: readonly T[], returns: SearchReturns): T[] {
  if (returns.partial && !returns.items.has('COUNT')) return takePartial(found, returns.partial);
  if (!endsOnly(returns)) return [...found];
  const first = returns.items.has('MIN') ? found.slice(0, 1) : [];
  const last = returns.items.has('MAX')
    ? found.slice(first.length > 0 ? Math.max(1, found.length - 1) : -1)
    : [];
  return [...first, ...last];
}
