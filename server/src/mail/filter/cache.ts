import type { Db, Queryable } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { compileScript, type Script, SieveError } from '../protocol/sieve/index.ts';
import { FILTER_LIMITS } from './limits.ts';
import { findRunning, listFilteredAccounts } from './rules.store.ts';
import { rulesScript } from './rules-script.ts';
import { findScript } from './scripts.store.ts';

/** Signals topic: the rules of an account changed; the payload is its id. */
export const RULES_CHANGED = 'mail-filter';

/** What runs for one account, compiled. */
export interface Running {
  /** The rules of the settings pages first, then the active script. */
  scripts: readonly { name: string; script: Script }[];
  /** Scripts that others include, as they were asked for. */
  included: Map<string, Script | undefined>;
}

export interface RuleCache {
  /** Undefined when the account has nothing to run: told from memory. */
  running(db: Queryable, accountId: number): Promise<Running | undefined>;
  include(db: Queryable, accountId: number, running: Running, name: string): Promise<Script | undefined>;
  stop(): void;
}

/**
 * Which accounts have rules is kept in memory, and their compiled form too, until a signal says that they changed. An
 * account without rules costs a look into a set.
 */
export function createRuleCache(parts: { db: Db; signals: Signals; log: Logger }): RuleCache {
  const { db, signals, log } = parts;
  let index: Promise<Set<number>> | undefined;
  const compiled = new Map<number, Running>();
  /** Grows with every change: what was read before one is not kept. */
  let generation = 0;

  const stop = signals.on(RULES_CHANGED, (payload) => {
    generation++;
    const accountId = Number(payload);
    if (payload === undefined || !Number.isSafeInteger(accountId)) {
      index = undefined;
      compiled.clear();
      return;
    }
    compiled.delete(accountId);
    // It may have rules now; the next look finds out.
    void index?.then(
      (known) => known.add(accountId),
      () => undefined,
    );
  });

  function filtered(): Promise<Set<number>> {
    if (index) return index;
    const loading = listFilteredAccounts(db).then((ids) => new Set(ids));
    index = loading;
    // A database that is away must not be remembered.
    loading.catch(() => {
      if (index === loading) index = undefined;
    });
    return loading;
  }

  async function load(target: Queryable, accountId: number): Promise<Running | undefined> {
    const row = await findRunning(target, accountId);
    const sources: [string, string][] = [];
    if (row?.rules) sources.push(['', rulesScript(row.rules)]);
    if (row?.content !== undefined && row.content !== null) sources.push([row.name ?? '', row.content]);
    const scripts = sources.flatMap(([name, content]) => {
      const script = attempt(accountId, name, content);
      return script ? [{ name, script }] : [];
    });
    return scripts.length === 0 ? undefined : { scripts, included: new Map() };
  }

  /** A script that was right when it was stored may be wrong for a newer product: it then does nothing. */
  function attempt(accountId: number, name: string, content: string): Script | undefined {
    try {
      return compileScript(content);
    } catch (error) {
      if (!(error instanceof SieveError)) throw error;
      log.warn(
        { accountId, script: name, line: error.line },
        `a stored Sieve script is not valid: ${error.message}`,
      );
      return undefined;
    }
  }

  return {
    async running(target, accountId) {
      const known = await filtered();
      if (!known.has(accountId)) return undefined;
      const ready = compiled.get(accountId);
      if (ready) return ready;
      const before = generation;
      const loaded = await load(target, accountId);
      if (generation !== before) return loaded;
      if (!loaded) known.delete(accountId);
      else {
        if (compiled.size >= FILTER_LIMITS.compiled) compiled.clear();
        compiled.set(accountId, loaded);
      }
      return loaded;
    },
    async include(target, accountId, running, name) {
      if (running.included.has(name)) return running.included.get(name);
      const row = await findScript(target, accountId, { name });
      const script = row && attempt(accountId, name, row.content);
      running.included.set(name, script);
      return script;
    },
    stop,
  };
}
