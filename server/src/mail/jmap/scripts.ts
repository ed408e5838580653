import { createHash } from 'node:crypto';
import { ScriptError } from '../filter/index.ts';
import { openBlob } from './blobs.ts';
import type { Context, JmapAccount } from './context.ts';
import { SetFailure } from './errors.ts';
import * as ids from './ids.ts';
import type { Json } from './json.ts';

/** Largest blob that is read as a script; anything longer is refused by its size anyway. */
const MAX_SCRIPT = 512 * 1024;

export interface ScriptView {
  id: string;
  name: string;
  blobId: string;
  isActive: boolean;
}

/** Every script of the account; there are few. */
export async function scriptsOf(context: Context, account: JmapAccount): Promise<ScriptView[]> {
  const { filters, db } = context.deps;
  const rows = await filters.scripts.list(db, account.scope.accountId);
  return rows.map((row) => ({
    id: ids.scriptId(row.id),
    name: row.name,
    blobId: ids.blobIdText({ kind: 'script', scriptId: row.id, version: row.changedAt.getTime() }),
    isActive: row.active,
  }));
}

export async function scriptState(context: Context, account: JmapAccount): Promise<string> {
  return String(await context.deps.filters.scripts.state(context.deps.db, account.scope.accountId));
}

/** The text of an uploaded script; undefined when there is no such blob. */
export async function readScript(
  context: Context,
  account: JmapAccount,
  blobId: string,
): Promise<string | undefined> {
  const blob = await openBlob(context.deps, account.scope, blobId);
  if (!blob) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of blob.read()) {
    size += piece.length;
    if (size > MAX_SCRIPT) throw new SetFailure('tooLarge', 'the script is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What RFC 9661 §2.2.1 calls the refusal. */
export function failureOf(error: ScriptError, existingId?: string): SetFailure {
  const { problem } = error;
  switch (problem.kind) {
    case 'missing':
      return new SetFailure('notFound');
    case 'name_taken':
      return new SetFailure(
        'alreadyExists',
        'a script has this name',
        existingId === undefined ? {} : { existingId },
      );
    case 'bad_name':
      return new SetFailure('invalidProperties', 'this cannot be a name', { properties: ['name'] });
    case 'active':
      return new SetFailure('sieveIsActive', 'the active script cannot be destroyed');
    case 'too_many':
      return new SetFailure('overQuota', 'there are too many scripts');
    case 'too_large':
      return new SetFailure('tooLarge', 'the script is too large');
    case 'invalid':
      return new SetFailure('invalidSieve', `line ${problem.line}: ${problem.message}`);
  }
}

/** Runs a change of scripts; its refusal becomes the object's SetError. */
export async function translated<T>(
  work: () => Promise<T>,
  existingId?: () => Promise<string | undefined>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw failureOf(error, error.problem.kind === 'name_taken' ? await existingId?.() : undefined);
  }
}

export function nameOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A name for a script that came without one (RFC 9661 §2.2). */
export function madeName(seed: string): string {
  return `script-${createHash('sha256').update(seed).digest('hex').slice(0, 12)}`;
}
