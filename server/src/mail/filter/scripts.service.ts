import type { Clock } from '../../kit/clock/index.ts';
import {
  afterCommit,
  type Db,
  isUniqueViolation,
  type Queryable,
  type Tx,
  transaction,
} from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { compileScript, SIEVE_LIMITS, SieveError } from '../protocol/sieve/index.ts';
import { RULES_CHANGED } from './cache.ts';
import { FILTER_LIMITS } from './limits.ts';
import * as store from './scripts.store.ts';

export type ScriptProblem =
  | { kind: 'missing' | 'name_taken' | 'bad_name' | 'active' | 'too_many' | 'too_large' }
  | { kind: 'invalid'; line: number; message: string };

/** Why a change of scripts was refused; each face says it in its own words. */
export class ScriptError extends Error {
  readonly problem: ScriptProblem;
  constructor(problem: ScriptProblem) {
    super(problem.kind === 'invalid' ? `line ${problem.line}: ${problem.message}` : problem.kind);
    this.name = 'ScriptError';
    this.problem = problem;
  }
}

export interface Warning {
  line: number;
  message: string;
}

export type Scripts = ReturnType<typeof createScripts>;

/**
 * Sieve scripts of an account, for ManageSieve, JMAP and the web alike. Whose scripts somebody may touch is asked by
 * the caller: it gives the account that has signed in, or that it has checked.
 */
export function createScripts(parts: { db: Db; clock: Clock; signals: Signals }) {
  const { db, clock, signals } = parts;

  /** One change: in the caller's transaction when it has one. Tells every process once it holds. */
  async function change<T>(target: Queryable, accountId: number, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await transaction(target, async (tx) => {
        await store.lockState(tx, accountId);
        const result = await work(tx);
        afterCommit(tx, () => {
          signals.send(RULES_CHANGED, String(accountId));
          signals.send('mail-sieve', String(accountId));
        });
        return result;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'sieve_script_name')) throw new ScriptError({ kind: 'name_taken' });
      throw error;
    }
  }

  async function existing(tx: Queryable, accountId: number, by: { name: string } | { id: number }) {
    const found = await store.findScript(tx, accountId, by);
    if (!found) throw new ScriptError({ kind: 'missing' });
    return found;
  }

  /** Room for a script of so many octets, in place of the named one. */
  async function checkSpace(
    target: Queryable,
    accountId: number,
    bytes: number,
    replaces?: number,
  ): Promise<void> {
    if (bytes > SIEVE_LIMITS.scriptBytes) throw new ScriptError({ kind: 'too_large' });
    const others = (await store.listScripts(target, accountId)).filter((script) => script.id !== replaces);
    if (others.length >= FILTER_LIMITS.scripts) throw new ScriptError({ kind: 'too_many' });
    const total = others.reduce((sum, script) => sum + script.bytes, 0);
    if (total + bytes > FILTER_LIMITS.totalBytes) throw new ScriptError({ kind: 'too_large' });
  }

  return {
    list: (target: Queryable, accountId: number) => store.listScripts(target, accountId),
    find: (target: Queryable, accountId: number, by: { name: string } | { id: number }) =>
      store.findScript(target, accountId, by),
    state: (target: Queryable, accountId: number) => store.findState(target, accountId),
    check: checkScript,

    /** Would a script of this size and name be taken? Throws ScriptError. */
    async haveSpace(target: Queryable, accountId: number, name: string, bytes: number): Promise<void> {
      checkName(name);
      const found = await store.findScript(target, accountId, { name });
      await checkSpace(target, accountId, bytes, found?.id);
    },

    /** Stores a script under a name, in place of one that has it (RFC 5804 §2.6). */
    async put(target: Queryable, accountId: number, name: string, content: string): Promise<Warning[]> {
      checkName(name);
      const warnings = checkScript(content);
      await change(target, accountId, async (tx) => {
        const found = await store.findScript(tx, accountId, { name });
        await checkSpace(tx, accountId, Buffer.byteLength(content), found?.id);
        if (found) await store.updateScript(tx, accountId, found.id, { content }, clock.now());
        else await store.insertScript(tx, accountId, { name, content }, clock.now());
      });
      return warnings;
    },

    async create(target: Queryable, accountId: number, name: string, content: string): Promise<number> {
      checkName(name);
      checkScript(content);
      return change(target, accountId, async (tx) => {
        await checkSpace(tx, accountId, Buffer.byteLength(content));
        return store.insertScript(tx, accountId, { name, content }, clock.now());
      });
    },

    async update(
      target: Queryable,
      accountId: number,
      id: number,
      wanted: { name?: string | undefined; content?: string | undefined },
    ): Promise<void> {
      if (wanted.name !== undefined) checkName(wanted.name);
      if (wanted.content !== undefined) checkScript(wanted.content);
      await change(target, accountId, async (tx) => {
        await existing(tx, accountId, { id });
        if (wanted.content !== undefined)
          await checkSpace(tx, accountId, Buffer.byteLength(wanted.content), id);
        await store.updateScript(tx, accountId, id, wanted, clock.now());
      });
    },

    async rename(target: Queryable, accountId: number, from: string, to: string): Promise<void> {
      checkName(to);
      await change(target, accountId, async (tx) => {
        const found = await existing(tx, accountId, { name: from });
        await store.updateScript(tx, accountId, found.id, { name: to }, clock.now());
      });
    },

    /** Makes one script the active one; undefined leaves none. */
    async activate(
      target: Queryable,
      accountId: number,
      by: { name: string } | { id: number } | undefined,
    ): Promise<void> {
      await change(target, accountId, async (tx) => {
        const found = by && (await existing(tx, accountId, by));
        await store.activateScript(tx, accountId, found?.id);
      });
    },

    /** The active script cannot be deleted (RFC 5804 §2.10). */
    async remove(target: Queryable, accountId: number, by: { name: string } | { id: number }): Promise<void> {
      await change(target, accountId, async (tx) => {
        const found = await existing(tx, accountId, by);
        if (found.active) throw new ScriptError({ kind: 'active' });
        await store.deleteScript(tx, accountId, found.id);
      });
    },
    db,
  };
}

/** Throws ScriptError with the line; gives warnings. */
function checkScript(content: string): Warning[] {
  try {
    return compileScript(content).warnings;
  } catch (error) {
    if (error instanceof SieveError)
      throw new ScriptError({ kind: 'invalid', line: error.line, message: error.message });
    throw error;
  }
}

/** RFC 5804 §1.6: no controls, no line separators; and not empty. */
function checkName(name: string): void {
  if (
    name === '' ||
    [...name].length > FILTER_LIMITS.name ||
    /[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(name) ||
    !name.isWellFormed()
  )
    throw new ScriptError({ kind: 'bad_name' });
}
