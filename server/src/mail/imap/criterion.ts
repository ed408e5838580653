import { ImapSyntaxError, resolveSet, type SearchKey } from '../protocol/imap/index.ts';
import type { Criterion } from '../store/index.ts';
import { asRanges, toUidRanges } from './arguments.ts';
import { flagBit } from './flags.ts';
import type { Selected } from './selected.ts';

const DAY_MS = 86_400_000;

/** Turns a parsed search into the store's terms; sequence numbers are those of the session's view. */
export function toCriterion(key: SearchKey, selected: Selected, now: Date, uidOnly: boolean): Criterion {
  const { view } = selected;
  const inner = (of: SearchKey) => toCriterion(of, selected, now, uidOnly);
  switch (key.key) {
    case 'all':
    case 'none':
      return { is: key.key };
    case 'and':
    case 'or':
      return { is: key.key, of: key.of.map(inner) };
    case 'not':
      return { is: 'not', of: inner(key.of) };
    case 'seq':
      if (key.set === 'saved') return { is: 'uid', ranges: asRanges(selected.saved) };
      if (uidOnly) throw new ImapSyntaxError('Search by UID', { code: 'UIDREQUIRED' });
      return { is: 'uid', ranges: asRanges(view.uids.atSequences(resolveSet(key.set, view.uids.length))) };
    case 'uid':
      if (key.set === 'saved') return { is: 'uid', ranges: asRanges(selected.saved) };
      return { is: 'uid', ranges: toUidRanges(resolveSet(key.set, view.uids.last())) };
    case 'flag':
      return { is: 'flag', flag: flagBit(key.flag) };
    case 'keyword':
      return { is: 'keyword', keyword: key.keyword };
    case 'text':
      return { is: 'text', where: key.where, value: key.value };
    case 'header':
      return { is: 'header', field: key.field, value: key.value };
    case 'date':
      return days(key.which === 'internal' ? 'received' : key.which, key.op, key.day);
    case 'age': {
      const moment = new Date(now.getTime() - key.seconds * 1000);
      return key.op === 'younger' ? { is: 'received', from: moment } : { is: 'received', before: moment };
    }
    case 'size':
      return key.op === 'larger'
        ? { is: 'size', largerThan: key.octets }
        : { is: 'size', smallerThan: key.octets };
    case 'modseq':
      return { is: 'modseq', from: key.from };
    case 'object':
      return { is: key.of === 'email' ? 'message' : 'thread', ids: [key.id] };
  }
}

/** Days are days in UTC, the zone in which we tell INTERNALDATE. */
function days(is: 'received' | 'sent' | 'saved', op: 'before' | 'on' | 'since', day: string): Criterion {
  const start = new Date(`${day}T00:00:00Z`);
  const end = new Date(start.getTime() + DAY_MS);
  if (op === 'before') return { is, before: start };
  return op === 'since' ? { is, from: start } : { is, from: start, before: end };
}

/** Did the client ask for MODSEQ anywhere in the search? Then the answer carries it (RFC 7162 §3.1.5). */
export function mentionsModseq(key: SearchKey): boolean {
  if (key.key === 'modseq') return true;
  if (key.key === 'and' || key.key === 'or') return key.of.some(mentionsModseq);
  return key.key === 'not' && mentionsModseq(key.of);
}
