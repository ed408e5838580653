import type { EmailChange } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { invalidProperties, SetFailure } from '../errors.ts';
import { entriesOf, type Json, type JsonObject } from '../json.ts';
import { readKeyword, readKeywords, readMailboxId, readMailboxIds } from './placement.ts';

/** A PatchObject of Email/set (RFC 8620 §5.3): whole `keywords` or `mailboxIds`, or single members of them. */
export function readPatch(
  context: Context,
  patch: JsonObject,
  known: ReadonlySet<number>,
): Omit<EmailChange, 'messageId'> {
  const change: Omit<EmailChange, 'messageId'> = {};
  const add: Side = { mailboxIds: [], keywords: [], flags: 0 };
  const remove: Side = { mailboxIds: [], keywords: [], flags: 0 };
  for (const [path, value] of entriesOf(patch)) {
    const [property, member, ...deeper] = path
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (deeper.length > 0) throw new SetFailure('invalidPatch', `${path} points too deep`);
    if (property === 'keywords' && member === undefined) Object.assign(change, readKeywords(value));
    else if (property === 'mailboxIds' && member === undefined)
      change.mailboxIds = readMailboxIds(context, value, known);
    else if (property === 'keywords' && member !== undefined) {
      const side = isSet(path, value) ? add : remove;
      const bit = readKeyword(member);
      if (bit === 0) side.keywords.push(member.toLowerCase());
      else side.flags |= bit;
    } else if (property === 'mailboxIds' && member !== undefined) {
      (isSet(path, value) ? add : remove).mailboxIds.push(readMailboxId(context, member, known));
    } else throw invalidProperties([path], `${path} cannot be changed`);
  }
  if (change.keywords && (add.keywords.length > 0 || remove.keywords.length > 0)) {
    throw new SetFailure('invalidPatch', 'keywords are given as a whole and in part');
  }
  return {
    ...change,
    ...(add.mailboxIds.length > 0 ? { addMailboxIds: add.mailboxIds } : {}),
    ...(remove.mailboxIds.length > 0 ? { removeMailboxIds: remove.mailboxIds } : {}),
    ...(add.flags ? { addFlags: add.flags } : {}),
    ...(remove.flags ? { removeFlags: remove.flags } : {}),
    ...(add.keywords.length > 0 ? { addKeywords: add.keywords } : {}),
    ...(remove.keywords.length > 0 ? { removeKeywords: remove.keywords } : {}),
  };
}

/** true sets a member, null takes it away (false is read as null, as old clients send it). */
function isSet(path: string, value: Json): boolean {
  if (value === true) return true;
  if (value === null || value === false) return false;
  throw invalidProperties([path], 'must be true or null');
}

interface Side {
  mailboxIds: number[];
  keywords: string[];
  flags: number;
}
