import { compileRegex } from './match.ts';
import type { CompileContext, Matcher, Value } from './types.ts';

/** The texts of an argument when none of them holds a variable. */
export function constants(value: Value | true | undefined): string[] | undefined {
  if (value === undefined || value === true || value.kind === 'number') return undefined;
  const texts = value.texts.filter((text): text is string => typeof text === 'string');
  return texts.length === value.texts.length ? texts : undefined;
}

/** Regular expressions that are constant are tried at once, so that their author hears of the error. */
export function checkKeys(
  call: { matcher: Matcher; line: number },
  keys: Value | undefined,
  compile: CompileContext,
): void {
  if (call.matcher.type !== 'regex') return;
  for (const key of constants(keys) ?? []) {
    try {
      compileRegex(key, call.matcher.comparator.ignoreCase);
    } catch (error) {
      compile.fail(call.line, error instanceof Error ? error.message : 'The regular expression is wrong');
    }
  }
}
