import { checkKeys, constants } from './constants.ts';
import { decodedValue, newField } from './fields.ts';
import { SIEVE_LIMITS } from './limits.ts';
import { fieldsOf } from './run.ts';
import type { Call, CommandSpec, CompileContext, Field, Run, Value } from './types.ts';

/** Never changed: traces of the way and what stops loops (RFC 5293 §4, §5). An edit of them does nothing. */
const PROTECTED = new Set([
  'received',
  'auto-submitted',
  'delivered-to',
  'return-path',
  'authentication-results',
  'x-hongyan-redirect',
]);
/** Added neither by hand: they would lie about the way. */
const NOT_ADDED = new Set([
  'received',
  'delivered-to',
  'return-path',
  'authentication-results',
  'x-hongyan-redirect',
]);

function checkName(call: Call<CommandSpec>, compile: CompileContext): void {
  for (const name of constants(call.args[0]) ?? [])
    if (!isFieldName(name)) compile.fail(call.line, 'This is no name of a header field');
}

function isFieldName(name: string): boolean {
  return /^[!-9;-~]{1,200}$/.test(name);
}

function edit(run: Run, call: Call<CommandSpec>, fields: readonly Field[]): void {
  if (++run.edits > SIEVE_LIMITS.headerEdits) run.fail(call.line, 'The script edits the header too often');
  run.work(fields.length / 16);
  run.fields = fields;
}

const addheader: CommandSpec = {
  name: 'addheader',
  extension: 'editheader',
  tags: [{ name: 'last' }],
  args: ['string', 'string'],
  check: checkName,
  run(run, call) {
    const name = run.first(call.args[0]);
    if (!isFieldName(name)) run.fail(call.line, 'This is no name of a header field');
    if (NOT_ADDED.has(name.toLowerCase())) return undefined;
    const field = newField(name, run.first(call.args[1]));
    const fields = fieldsOf(run);
    edit(run, call, call.tags.has('last') ? [...fields, field] : [field, ...fields]);
    return undefined;
  },
};

const deleteheader: CommandSpec = {
  name: 'deleteheader',
  extension: 'editheader',
  tags: [{ name: 'index', value: 'number' }, { name: 'last' }],
  args: ['string', 'list'],
  optionalLast: true,
  matching: true,
  check(call, compile) {
    checkName(call, compile);
    checkKeys(call, call.args[1], compile);
    if (call.tags.has('last') && !call.tags.has('index')) compile.fail(call.line, ':last needs :index');
  },
  run(run, call) {
    const name = run.first(call.args[0]).toLowerCase();
    if (PROTECTED.has(name)) return undefined;
    const fields = fieldsOf(run);
    const chosen = chooseIndexed(
      fields.filter((field) => field.name === name),
      call,
    );
    const keys = call.args[1] === undefined ? undefined : run.texts(call.args[1]);
    const gone = new Set(
      chosen.filter((field) => keys === undefined || isMatch(run, call, field, chosen.length, keys)),
    );
    if (gone.size > 0)
      edit(
        run,
        call,
        fields.filter((field) => !gone.has(field)),
      );
    return undefined;
  },
};

function isMatch(
  run: Run,
  call: Call<CommandSpec>,
  field: Field,
  count: number,
  keys: readonly string[],
): boolean {
  return run.matches(call, [call.matcher.type === 'count' ? String(count) : decodedValue(field)], keys);
}

function chooseIndexed(fields: readonly Field[], call: Call<CommandSpec>): readonly Field[] {
  const index: Value | true | undefined = call.tags.get('index');
  if (index === undefined || index === true || index.kind !== 'number') return fields;
  const chosen = call.tags.has('last') ? fields[fields.length - index.value] : fields[index.value - 1];
  return chosen ? [chosen] : [];
}

export const editheaderCommands: readonly CommandSpec[] = [addheader, deleteheader];
