import { parseArgs } from 'node:util';
import type { Texts } from '../../kit/i18n/index.ts';
import type { Config } from '../config.ts';
import type { Terminal } from './terminal.ts';

export interface Args {
  positionals: string[];
  flag(name: string): boolean;
  /** The value of an option; undefined when it was not given or is blank. */
  text(name: string): string | undefined;
}

export interface CommandContext {
  config: Config;
  terminal: Terminal;
  /** What relative paths start from: the folder in which the person typed the command. */
  cwd: string;
}

export interface Command {
  name: string;
  /** Lines of the help, without the program's name. */
  usages: readonly string[];
  summary: Texts;
  flags?: readonly string[];
  options?: readonly string[];
  /** Resolves to the exit code. */
  run(context: CommandContext, args: Args): Promise<number>;
}

/** Wrongly called: the usage is printed and the exit code is 2. */
export class UsageError extends Error {}

/** Reads the arguments of a command; an unknown flag or a missing value is a UsageError. */
export function parseCommand(command: Command, argv: string[]): { args: Args; help: boolean } {
  const options = Object.fromEntries([
    ...['help', 'sample', ...(command.flags ?? [])].map((name) => [name, { type: 'boolean' as const }]),
    ...(command.options ?? []).map((name) => [name, { type: 'string' as const }]),
  ]);
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true, strict: true });
    const given = new Map<string, unknown>(Object.entries(values));
    const args: Args = {
      positionals,
      flag: (name) => given.get(name) === true,
      text(name) {
        const value = given.get(name);
        return typeof value === 'string' && value.trim() !== '' ? value : undefined;
      },
    };
    return { args, help: args.flag('help') };
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : '');
  }
}

/** The one positional argument of a command; anything else is a UsageError. */
export function onlyArgument(args: Args): string {
  const [value, ...more] = args.positionals;
  if (value === undefined || more.length > 0) throw new UsageError();
  return value;
}
