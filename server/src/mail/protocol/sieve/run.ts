import { SieveRunError } from './errors.ts';
import { splitFields } from './fields.ts';
import { SIEVE_LIMITS } from './limits.ts';
import { matchOne } from './match.ts';
import type { Template } from './template.ts';
import type {
  Action,
  Call,
  CommandSpec,
  Field,
  Flow,
  Frame,
  Outcome,
  Run,
  Script,
  SieveEnvironment,
  SieveMessage,
} from './types.ts';

/**
 * Runs scripts in a row on one message: each next one only while nothing has cancelled the implicit keep. Never
 * throws for what a script does: an error ends the run, and only the implicit keep remains (RFC 5228 §2.10.6).
 */
export async function runScripts(
  scripts: readonly Script[],
  message: SieveMessage,
  environment: SieveEnvironment,
): Promise<Outcome> {
  const used = { work: 0 };
  const run = createRun(message, environment, used);
  let error: Outcome['error'];
  try {
    for (const script of scripts) {
      if (!run.implicitKeep) break;
      run.vacations = 0;
      await run.include(script);
    }
  } catch (problem) {
    if (!(problem instanceof SieveRunError)) throw problem;
    error = { line: problem.line, message: problem.message };
  }
  return {
    actions: error ? [] : run.actions,
    implicitKeep: run.implicitKeep || error !== undefined,
    flags: error ? [] : run.flags,
    fields: error ? undefined : run.fields,
    duplicates: error ? [] : run.duplicates,
    error,
    work: used.work,
  };
}

function createRun(message: SieveMessage, environment: SieveEnvironment, used: { work: number }): Run {
  let line = 1;
  const run: Run = {
    message,
    environment,
    frame: newFrame(),
    globals: new Map(),
    flags: [],
    fields: undefined,
    actions: [],
    implicitKeep: true,
    included: new Map(),
    stack: [],
    duplicates: [],
    edits: 0,
    vacations: 0,
    bodies: new Map(),
    work(units) {
      used.work += units;
      if (used.work > SIEVE_LIMITS.work) run.fail(line, 'The script needs too much work for this message');
    },
    fail(at, text) {
      throw new SieveRunError(at, text);
    },
    text: (template) => fill(run, template),
    texts: (value) =>
      value === undefined || value === true || value.kind === 'number'
        ? []
        : value.texts.map((text) => fill(run, text)),
    first: (value) => run.texts(value)[0] ?? '',
    setVariable: (name, value, at) => setVariable(run, name, value, at),
    getVariable: (name) => getVariable(run, name),
    async test(call) {
      line = call.line;
      run.work(1);
      return call.spec.run(run, call);
    },
    async block(calls) {
      for (const call of calls) {
        line = call.line;
        run.work(1);
        const flow = await runCommand(run, call);
        if (flow) return flow;
      }
      return undefined;
    },
    async include(script) {
      const before = run.frame;
      run.frame = newFrame();
      try {
        return await run.block(script.commands);
      } finally {
        run.frame = before;
      }
    },
    add(action, at) {
      if (run.actions.length >= SIEVE_LIMITS.actions) run.fail(at, 'The script takes too many actions');
      const added: Action = { ...action, line: at, fields: run.fields };
      run.actions.push(added);
    },
    matches(call, values, keys) {
      for (const value of values) {
        for (const key of keys) {
          const result = matchKey(run, call, value, key);
          if (!result) continue;
          if (result.groups) run.frame.groups = result.groups;
          return true;
        }
      }
      return false;
    },
  };
  return run;
}

function newFrame(): Frame {
  return { variables: new Map(), globals: new Set(), groups: [] };
}

async function runCommand(run: Run, call: Call<CommandSpec>): Promise<Flow> {
  return call.spec.run(run, call);
}

function matchKey(run: Run, call: Parameters<Run['matches']>[0], value: string, key: string) {
  try {
    return matchOne(call.matcher, value, key, (characters) => run.work(characters / 256));
  } catch (error) {
    if (error instanceof SieveRunError) throw error;
    return run.fail(call.line, error instanceof Error ? error.message : 'The comparison is impossible');
  }
}

/** Fills the variables of a template; what is unknown is empty (RFC 5229 §3). */
function fill(run: Run, template: Template): string {
  if (typeof template === 'string') return template;
  let text = '';
  for (const piece of template) {
    if (typeof piece === 'string') text += piece;
    else if ('group' in piece) text += run.frame.groups[piece.group] ?? '';
    else text += getVariable(run, piece.variable);
    if (text.length > SIEVE_LIMITS.stringLength) return text.slice(0, SIEVE_LIMITS.stringLength);
  }
  run.work(text.length / 256);
  return text;
}

function getVariable(run: Run, name: string): string {
  const { variables, globals } = run.frame;
  if (name.startsWith('global.')) return run.globals.get(name.slice(7)) ?? '';
  return (globals.has(name) ? run.globals : variables).get(name) ?? '';
}

function setVariable(run: Run, name: string, value: string, line: number): void {
  const { variables, globals } = run.frame;
  const isGlobal = name.startsWith('global.');
  const target = isGlobal || globals.has(name) ? run.globals : variables;
  const key = isGlobal ? name.slice(7) : name;
  if (target.size >= SIEVE_LIMITS.variables && !target.has(key))
    run.fail(line, 'The script has too many variables');
  // Cut between characters: half a surrogate pair is no text.
  target.set(key, value.slice(0, SIEVE_LIMITS.variableLength).toWellFormed());
}

/** Fields as they are now: edited, or as they came. */
export function fieldsOf(run: Run): readonly Field[] {
  const known = originals.get(run.message);
  if (run.fields) return run.fields;
  if (known) return known;
  const split = splitFields(run.message.header);
  originals.set(run.message, split);
  return split;
}
const originals = new WeakMap<SieveMessage, readonly Field[]>();

export function fieldsNamed(run: Run, name: string): Field[] {
  const wanted = name.toLowerCase();
  const fields = fieldsOf(run);
  run.work(fields.length / 64);
  return fields.filter((field) => field.name === wanted);
}
