import type { Criterion } from '../store/index.ts';
import { keywordBit } from './email/present.ts';
import { invalidArguments, MethodError } from './errors.ts';
import * as ids from './ids.ts';
import { entriesOf, get, isObject, type Json } from './json.ts';
import { MAIL_LIMITS } from './limits.ts';

/** Turns an Email/query filter (RFC 8621 §4.4.1) into the store's terms. Throws unsupportedFilter, invalidArguments. */
export function readEmailFilter(filter: Json): Criterion {
  const budget = { left: MAIL_LIMITS.maxFilterConditions };
  return read(filter, 0, budget);
}

function read(filter: Json, depth: number, budget: { left: number }): Criterion {
  if (filter === null) return { is: 'all' };
  if (!isObject(filter)) throw wrong('a filter must be an object');
  if (depth > MAIL_LIMITS.maxFilterDepth || --budget.left < 0)
    throw new MethodError('unsupportedFilter', 'too complex');
  const operator = get(filter, 'operator');
  if (operator === undefined) {
    return { is: 'and', of: entriesOf(filter).map(([name, value]) => condition(name, value)) };
  }
  const conditions = get(filter, 'conditions');
  if (!Array.isArray(conditions)) throw wrong('conditions must be a list');
  const of = conditions.map((item) => read(item, depth + 1, budget));
  if (operator === 'AND') return { is: 'and', of };
  if (operator === 'OR') return { is: 'or', of };
  if (operator === 'NOT') return { is: 'not', of: { is: 'or', of } };
  throw wrong('unknown operator');
}

function condition(name: string, value: Json): Criterion {
  switch (name) {
    case 'inMailbox':
      return { is: 'inMailbox', mailboxId: mailbox(value) };
    case 'inMailboxOtherThan':
      if (!Array.isArray(value)) throw wrong(name);
      return { is: 'inOtherThan', mailboxIds: value.map(mailbox) };
    case 'before':
      return { is: 'received', before: date(name, value) };
    case 'after':
      return { is: 'received', from: date(name, value) };
    case 'minSize':
      return { is: 'size', largerThan: number(name, value) - 1 };
    case 'maxSize':
      return { is: 'size', smallerThan: number(name, value) };
    case 'hasKeyword':
      return keyword(text(name, value));
    case 'notKeyword':
      return { is: 'not', of: keyword(text(name, value)) };
    case 'allInThreadHaveKeyword':
      return inThread('all', text(name, value));
    case 'someInThreadHaveKeyword':
      return inThread('some', text(name, value));
    case 'noneInThreadHaveKeyword':
      return { is: 'not', of: inThread('some', text(name, value)) };
    case 'hasAttachment':
      if (typeof value !== 'boolean') throw wrong(name);
      return value ? { is: 'attachment' } : { is: 'not', of: { is: 'attachment' } };
    case 'text':
    case 'from':
    case 'to':
    case 'cc':
    case 'bcc':
    case 'subject':
    case 'body':
      return words(name, text(name, value));
    case 'header':
      return header(value);
    default:
      throw new MethodError('unsupportedFilter', `unknown condition ${name}`);
  }
}

/** All words must be there; a phrase in quotes stands as it is (§4.4.1). */
function words(where: 'text' | 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'body', value: string): Criterion {
  const found = [...value.matchAll(/"([^"]+)"|'([^']+)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const of: Criterion[] = found.slice(0, 50).map((word) => ({ is: 'text', where, value: word }));
  return { is: 'and', of };
}

function header(value: Json): Criterion {
  if (!Array.isArray(value) || value.length < 1 || value.length > 2) throw wrong('header');
  const [field, contains = ''] = value;
  if (typeof field !== 'string' || typeof contains !== 'string') throw wrong('header');
  return { is: 'header', field, value: contains };
}

function keyword(name: string): Criterion {
  const flag = keywordBit(name);
  return flag === 0 ? { is: 'keyword', keyword: name } : { is: 'flag', flag };
}

function inThread(quantity: 'all' | 'some', name: string): Criterion {
  const flag = keywordBit(name);
  return flag === 0 ? { is: 'thread-has', quantity, keyword: name } : { is: 'thread-has', quantity, flag };
}

function mailbox(value: Json): number {
  // An id that cannot be ours names no mailbox: nothing is in it.
  return (typeof value === 'string' && ids.readMailboxId(value)) || 0;
}

function text(name: string, value: Json): string {
  if (typeof value !== 'string') throw wrong(name);
  return value;
}

function number(name: string, value: Json): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(name);
  return value;
}

function date(name: string, value: Json): Date {
  const found = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : undefined;
  if (!found || Number.isNaN(found.getTime())) throw wrong(name);
  return found;
}

function wrong(what: string): MethodError {
  return invalidArguments(`wrong filter: ${what}`, ['filter']);
}
