import type { CommandSpec, TestSpec } from './types.ts';

/** RFC 5228 §3: what steers a script. elsif and else hang on the call before them. */
const branch: CommandSpec['run'] = async (run, first) => {
  for (let call: typeof first | undefined = first; call; call = call.otherwise) {
    const [test] = call.tests;
    if (call !== first) run.work(1);
    if (!test || (await run.test(test))) return run.block(call.block);
  }
  return undefined;
};

export const controlCommands: readonly CommandSpec[] = [
  { name: 'if', tests: 'one', block: true, run: branch },
  { name: 'elsif', tests: 'one', block: true, run: branch },
  { name: 'else', block: true, run: branch },
  { name: 'stop', run: () => 'stop' },
  {
    name: 'keep',
    tags: [{ name: 'flags', value: 'list', extension: 'imap4flags' }],
    run(run, call) {
      const flags = call.tags.get('flags');
      run.add(
        { type: 'keep', flags: flags === undefined ? run.flags : parseFlags(run.texts(flags)) },
        call.line,
      );
      run.implicitKeep = false;
      return undefined;
    },
  },
  {
    name: 'discard',
    run(run, call) {
      run.add({ type: 'discard' }, call.line);
      run.implicitKeep = false;
      return undefined;
    },
  },
];

export const controlTests: readonly TestSpec[] = [
  { name: 'true', run: () => true },
  { name: 'false', run: () => false },
  {
    name: 'not',
    tests: 'one',
    async run(run, { tests: [inner] }) {
      return inner !== undefined && !(await run.test(inner));
    },
  },
  {
    name: 'allof',
    tests: 'list',
    async run(run, { tests }) {
      for (const inner of tests) if (!(await run.test(inner))) return false;
      return true;
    },
  },
  {
    name: 'anyof',
    tests: 'list',
    async run(run, { tests }) {
      for (const inner of tests) if (await run.test(inner)) return true;
      return false;
    },
  },
];

/** Flags of a list of strings, each of which may hold several (RFC 5232 §2); each once, case ignored. */
export function parseFlags(texts: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const flag of texts.flatMap((text) => text.split(/\s+/))) {
    if (flag !== '' && !found.has(flag.toLowerCase())) found.set(flag.toLowerCase(), flag);
  }
  return [...found.values()];
}
