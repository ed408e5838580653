import { COMPARATORS, DEFAULT_COMPARATOR } from './collation.ts';
import { constants } from './constants.ts';
import { SieveError } from './errors.ts';
import { type ArgumentNode, type CommandNode, parseScript, type TestNode } from './parser.ts';
import { CAPABILITIES, COMMANDS, TESTS } from './registry.ts';
import { decodeCharacters, parseTemplate, type Template } from './template.ts';
import type {
  ArgumentType,
  Call,
  CommandSpec,
  CompileContext,
  Matcher,
  MatchType,
  Relation,
  Script,
  TagSpec,
  TestSpec,
  Value,
} from './types.ts';

/** Parses and checks a script (RFC 5228 §2.10.5): every name, argument and capability. Throws SieveError. */
export function compileScript(text: string): Script {
  const compiler = createCompiler();
  const commands = compiler.program(parseScript(text));
  return { commands, requires: compiler.enabled, warnings: compiler.warnings };
}

/** Match types and comparators, for every test that has them. */
const MATCH_TAGS: readonly TagSpec[] = [
  { name: 'is', group: 'match' },
  { name: 'contains', group: 'match' },
  { name: 'matches', group: 'match' },
  { name: 'regex', group: 'match', extension: 'regex' },
  { name: 'value', group: 'match', extension: 'relational', value: 'string' },
  { name: 'count', group: 'match', extension: 'relational', value: 'string' },
  { name: 'comparator', value: 'string' },
];
const MATCH_TYPES: readonly MatchType[] = ['is', 'contains', 'matches', 'regex', 'value', 'count'];
const RELATIONS: readonly Relation[] = ['gt', 'ge', 'lt', 'le', 'eq', 'ne'];

type Spec = CommandSpec | TestSpec;
type Read<S> = Pick<Call<S>, 'tags' | 'args' | 'matcher'>;

function createCompiler() {
  const enabled = new Set<string>();
  const warnings: { line: number; message: string }[] = [];
  const context: CompileContext = {
    has: (extension) => enabled.has(extension),
    enable: (extension) => enabled.add(extension),
    fail(line, message) {
      throw new SieveError(line, message);
    },
    warn: (line, message) => warnings.push({ line, message }),
  };

  function program(nodes: readonly CommandNode[]): Call<CommandSpec>[] {
    let start = 0;
    while (nodes[start]?.name === 'require') require(nodes[start++]);
    return commands(nodes.slice(start));
  }

  function require(node: CommandNode | undefined): void {
    const arg = node?.args[0];
    if (!node || !arg || node.args.length !== 1 || node.tests.length > 0 || node.block)
      throw new SieveError(node?.line ?? 1, 'require takes one string or one list of strings');
    const names = arg.kind === 'string' ? [arg.text] : arg.kind === 'list' ? arg.texts : undefined;
    if (!names) throw new SieveError(arg.line, 'require takes one string or one list of strings');
    for (const name of names) {
      if (!CAPABILITIES.has(name))
        throw new SieveError(arg.line, `The extension "${name.slice(0, 100)}" is not supported`);
      enabled.add(name);
    }
  }

  function commands(nodes: readonly CommandNode[]): Call<CommandSpec>[] {
    const list: Call<CommandSpec>[] = [];
    let open: Call<CommandSpec> | undefined;
    for (const node of nodes) {
      if (node.name === 'require') throw new SieveError(node.line, 'require comes before all other commands');
      const call = guarded(node, command, deferredCommand);
      if (node.name === 'elsif' || node.name === 'else') {
        if (!open) throw new SieveError(node.line, `${node.name} does not follow an if`);
        open.otherwise = call;
      } else list.push(call);
      open = node.name === 'if' || node.name === 'elsif' ? call : undefined;
    }
    return list;
  }

  /** With ihave, what is not known fails when it is reached, not before (RFC 5463 §4). */
  function guarded<N extends TestNode, C>(
    node: N,
    compile: (node: N) => C,
    defer: (error: SieveError) => C,
  ): C {
    try {
      return compile(node);
    } catch (error) {
      if (enabled.has('ihave') && error instanceof UnknownError) return defer(error);
      throw error;
    }
  }

  function command(node: CommandNode): Call<CommandSpec> {
    const spec = COMMANDS.get(node.name);
    if (!spec) throw new UnknownError(node.line, `Unknown command "${node.name.slice(0, 100)}"`);
    const head = shared(node, spec);
    if (spec.block && !node.block) throw new SieveError(node.line, `${spec.name} needs a block in { }`);
    if (!spec.block && node.block) throw new SieveError(node.line, `${spec.name} takes no block`);
    const call: Call<CommandSpec> = { ...head, spec, block: commands(node.block ?? []) };
    spec.check?.(call, context);
    return call;
  }

  function test(node: TestNode): Call<TestSpec> {
    const spec = TESTS.get(node.name);
    if (!spec) throw new UnknownError(node.line, `Unknown test "${node.name.slice(0, 100)}"`);
    const call: Call<TestSpec> = { ...shared(node, spec), spec, block: [] };
    spec.check?.(call, context);
    return call;
  }

  function shared(node: TestNode, spec: Spec): Omit<Call<Spec>, 'spec' | 'block'> {
    if (spec.extension !== undefined && !enabled.has(spec.extension))
      throw new UnknownError(node.line, `${spec.name} needs require "${spec.extension}"`);
    const read = readArguments(node, spec);
    const wanted = spec.tests ?? 'none';
    const count = node.tests.length;
    if (
      wanted === 'none'
        ? count > 0
        : wanted === 'one'
          ? count !== 1 || node.testList
          : count === 0 || !node.testList
    )
      throw new SieveError(
        node.line,
        wanted === 'none'
          ? `${spec.name} takes no test`
          : wanted === 'one'
            ? `${spec.name} takes one test`
            : `${spec.name} takes tests in ( )`,
      );
    const tests = node.tests.map((inner) => guarded(inner, test, deferredTest));
    return { line: node.line, ...read, tests, otherwise: undefined };
  }

  function readArguments(node: TestNode, spec: Spec): Read<Spec> {
    const known = spec.matching ? [...(spec.tags ?? []), ...MATCH_TAGS] : (spec.tags ?? []);
    const tags = new Map<string, Value | true>();
    const groups = new Set<string>();
    const positional: ArgumentNode[] = [];
    const queue = [...node.args];
    for (let arg = queue.shift(); arg; arg = queue.shift()) {
      if (arg.kind !== 'tag') {
        positional.push(arg);
        continue;
      }
      const tag = findTag(known, arg, spec);
      if (positional.length > 0)
        throw new SieveError(arg.line, `:${arg.name} must stand before the other arguments`);
      if (tags.has(tag.name)) throw new SieveError(arg.line, `:${arg.name} stands twice`);
      if (tag.group !== undefined && groups.has(tag.group))
        throw new SieveError(arg.line, `:${arg.name} does not go with the tag before`);
      if (tag.group !== undefined) groups.add(tag.group);
      tags.set(
        tag.name,
        tag.value === undefined ? true : argument(queue.shift(), tag.value, arg.line, `:${arg.name}`),
      );
    }
    return { tags, args: positionals(node, spec, positional), matcher: matcherOf(tags, node.line) };
  }

  function findTag(known: readonly TagSpec[], arg: { name: string; line: number }, spec: Spec): TagSpec {
    const named = known.filter((tag) => tag.name === arg.name);
    const usable = named.find((tag) => tag.extension === undefined || enabled.has(tag.extension));
    if (usable) return usable;
    const needs = named[0]?.extension;
    throw new UnknownError(
      arg.line,
      needs === undefined
        ? `${spec.name} has no tag :${arg.name.slice(0, 100)}`
        : `:${arg.name} needs require "${needs}"`,
    );
  }

  function positionals(node: TestNode, spec: Spec, found: readonly ArgumentNode[]): Value[] {
    const types = spec.args ?? [];
    const short = found.length < types.length;
    const wanted =
      short && spec.optionalFirst ? types.slice(1) : short && spec.optionalLast ? types.slice(0, -1) : types;
    if (found.length !== wanted.length)
      throw new SieveError(
        node.line,
        `${spec.name} takes ${wanted.length} argument${wanted.length === 1 ? '' : 's'}, not ${found.length}`,
      );
    return wanted.map((type, index) => argument(found[index], type, node.line, spec.name));
  }

  function argument(arg: ArgumentNode | undefined, type: ArgumentType, line: number, name: string): Value {
    if (arg?.kind === 'number' && type === 'number') return { kind: 'number', value: arg.value };
    if (arg?.kind === 'string' && type !== 'number')
      return { kind: 'texts', texts: [template(arg.text, arg.line)], list: false };
    if (arg?.kind === 'list' && type === 'list')
      return { kind: 'texts', texts: arg.texts.map((text) => template(text, arg.line)), list: true };
    const article = type === 'list' ? 'a string or a list of strings' : `a ${type}`;
    throw new SieveError(arg?.line ?? line, `${name} takes ${article} here`);
  }

  function template(text: string, line: number): Template {
    let plain = text;
    try {
      if (enabled.has('encoded-character')) plain = decodeCharacters(text);
    } catch {
      throw new SieveError(line, 'A string names a character that does not exist');
    }
    return enabled.has('variables') ? parseTemplate(plain) : plain;
  }

  function matcherOf(tags: ReadonlyMap<string, Value | true>, line: number): Matcher {
    const type = MATCH_TYPES.find((name) => tags.has(name)) ?? 'is';
    const name =
      constants(tags.get('comparator'))?.[0] ?? (tags.has('comparator') ? undefined : DEFAULT_COMPARATOR);
    const comparator = name === undefined ? undefined : COMPARATORS.get(name);
    if (!comparator) throw new SieveError(line, 'The comparator is not known');
    if (name !== 'i;octet' && name !== 'i;ascii-casemap' && !enabled.has(`comparator-${name}`))
      throw new UnknownError(line, `The comparator needs require "comparator-${name}"`);
    if (!comparator.fold && (type === 'contains' || type === 'matches' || type === 'regex'))
      throw new SieveError(line, `:${type} does not work with the comparator ${name}`);
    const relation = constants(tags.get(type))?.[0]?.toLowerCase();
    const found = RELATIONS.find((known) => known === relation);
    if ((type === 'value' || type === 'count') && !found)
      throw new SieveError(line, `:${type} takes "gt", "ge", "lt", "le", "eq" or "ne"`);
    return { type, relation: found ?? 'eq', comparator };
  }

  return { program, enabled, warnings };
}

/** Unknown here, or not required: with ihave it only fails when it is reached. */
class UnknownError extends SieveError {}

function deferred(error: SieveError) {
  return {
    line: error.line,
    tags: new Map<string, Value | true>(),
    args: [],
    matcher: NO_MATCHER,
    tests: [],
    block: [],
    otherwise: undefined,
  };
}
const OCTET = COMPARATORS.get('i;octet');
const NO_MATCHER: Matcher = {
  type: 'is',
  relation: 'eq',
  comparator: OCTET ?? { name: 'i;octet', fold: (text) => text, compare: () => 0, ignoreCase: false },
};

function deferredCommand(error: SieveError): Call<CommandSpec> {
  return { ...deferred(error), spec: { name: 'unknown', run: (run) => run.fail(error.line, error.message) } };
}

function deferredTest(error: SieveError): Call<TestSpec> {
  return { ...deferred(error), spec: { name: 'unknown', run: (run) => run.fail(error.line, error.message) } };
}
