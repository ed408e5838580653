import { type Address, parseAddresses } from '../mime/index.ts';
import { checkKeys, constants } from './constants.ts';
import { decodedValue, rawValue } from './fields.ts';
import { fieldsNamed } from './run.ts';
import type { Call, CompileContext, Field, Run, TagSpec, TestSpec } from './types.ts';

/** RFC 5260 §6: which of several fields with one name. */
export const INDEX_TAGS: readonly TagSpec[] = [
  { name: 'index', extension: 'index', value: 'number' },
  { name: 'last', extension: 'index' },
];

const PART_TAGS: readonly TagSpec[] = [
  { name: 'all', group: 'part' },
  { name: 'localpart', group: 'part' },
  { name: 'domain', group: 'part' },
  { name: 'user', group: 'part', extension: 'subaddress' },
  { name: 'detail', group: 'part', extension: 'subaddress' },
];

/** Fields that hold addresses (RFC 5228 §5.1): `address` on others is a mistake of the author. */
const ADDRESS_FIELDS = new Set(
  `from to cc bcc sender reply-to resent-from resent-to resent-cc resent-bcc resent-sender resent-reply-to return-path
  delivered-to x-original-to envelope-to errors-to mail-followup-to mail-reply-to disposition-notification-to
  return-receipt-to apparently-to x-forwarded-to`.split(/\s+/),
);

export function checkIndex(call: Call<TestSpec>, compile: CompileContext): void {
  const index = call.tags.get('index');
  if (call.tags.has('last') && index === undefined) compile.fail(call.line, ':last needs :index');
  if (index !== undefined && index !== true && index.kind === 'number' && index.value < 1)
    compile.fail(call.line, ':index counts from 1');
}

/** Fields of the names, each name cut down to one by `:index`. */
export function chosenFields(run: Run, call: Call<TestSpec>, names: readonly string[]): Field[] {
  const index = call.tags.get('index');
  const number = index !== undefined && index !== true && index.kind === 'number' ? index.value : undefined;
  return names.flatMap((name) => {
    const fields = fieldsNamed(run, name);
    if (number === undefined) return fields;
    const chosen = call.tags.has('last') ? fields.at(-number) : fields[number - 1];
    return chosen && number <= fields.length ? [chosen] : [];
  });
}

/** Compares values, or with `:count` their number. */
export function compareValues(
  run: Run,
  call: Call<TestSpec>,
  values: readonly string[],
  keys: readonly string[],
): boolean {
  return run.matches(call, call.matcher.type === 'count' ? [String(values.length)] : values, keys);
}

/** The part of an address that the tags ask for; undefined when it has none. */
export function addressPart(call: Call<TestSpec>, mailbox: string, host: string): string | undefined {
  if (call.tags.has('domain')) return host === '' ? undefined : host;
  if (call.tags.has('localpart')) return host === '' ? undefined : mailbox;
  const plus = mailbox.indexOf('+');
  if (call.tags.has('user')) return host === '' ? undefined : plus < 0 ? mailbox : mailbox.slice(0, plus);
  if (call.tags.has('detail')) return plus < 0 || host === '' ? undefined : mailbox.slice(plus + 1);
  return host === '' ? mailbox : `${mailbox}@${host}`;
}

function partOf(call: Call<TestSpec>, address: Address): string[] {
  if (address.host === null || address.mailbox === null) return [];
  const part = addressPart(call, address.mailbox, address.host);
  return part === undefined ? [] : [part];
}

const address: TestSpec = {
  name: 'address',
  tags: [...PART_TAGS, ...INDEX_TAGS],
  args: ['list', 'list'],
  matching: true,
  check(call, compile) {
    checkKeys(call, call.args[1], compile);
    checkIndex(call, compile);
    for (const name of constants(call.args[0]) ?? []) {
      if (!ADDRESS_FIELDS.has(name.toLowerCase()))
        compile.fail(call.line, `The field "${name.slice(0, 100)}" holds no addresses`);
    }
  },
  run(run, call) {
    const values = chosenFields(run, call, run.texts(call.args[0])).flatMap((field) => {
      const value = rawValue(field);
      run.work(value.length / 256);
      return parseAddresses(value).flatMap((one) => partOf(call, one));
    });
    return compareValues(run, call, values, run.texts(call.args[1]));
  },
};

const envelope: TestSpec = {
  name: 'envelope',
  extension: 'envelope',
  tags: PART_TAGS,
  args: ['list', 'list'],
  matching: true,
  check(call, compile) {
    checkKeys(call, call.args[1], compile);
    for (const name of constants(call.args[0]) ?? []) {
      if (!/^(?:from|to)$/i.test(name))
        compile.fail(call.line, `The envelope has no part "${name.slice(0, 100)}"`);
    }
  },
  run(run, call) {
    const values = run.texts(call.args[0]).flatMap((name) => {
      const part = name.toLowerCase();
      const text =
        part === 'from' ? run.message.envelope.from : part === 'to' ? run.message.envelope.to : undefined;
      if (text === undefined) return [];
      // The null path is the empty string, whatever the part (RFC 5228 §5.4).
      if (text === '') return [''];
      const at = text.lastIndexOf('@');
      const found =
        at < 0 ? addressPart(call, text, '') : addressPart(call, text.slice(0, at), text.slice(at + 1));
      return found === undefined ? [] : [found];
    });
    const counted = call.matcher.type === 'count' ? values.filter((value) => value !== '') : values;
    return compareValues(run, call, counted, run.texts(call.args[1]));
  },
};

const header: TestSpec = {
  name: 'header',
  tags: INDEX_TAGS,
  args: ['list', 'list'],
  matching: true,
  check(call, compile) {
    checkKeys(call, call.args[1], compile);
    checkIndex(call, compile);
  },
  run(run, call) {
    const values = chosenFields(run, call, run.texts(call.args[0])).map(decodedValue);
    return compareValues(run, call, values, run.texts(call.args[1]));
  },
};

const exists: TestSpec = {
  name: 'exists',
  args: ['list'],
  run: (run, call) => run.texts(call.args[0]).every((name) => fieldsNamed(run, name).length > 0),
};

const size: TestSpec = {
  name: 'size',
  tags: [
    { name: 'over', group: 'side' },
    { name: 'under', group: 'side' },
  ],
  args: ['number'],
  check(call, compile) {
    if (call.tags.size !== 1) compile.fail(call.line, 'size takes :over or :under');
  },
  run(run, call) {
    const [limit] = call.args;
    if (limit?.kind !== 'number') return false;
    return call.tags.has('over') ? run.message.size > limit.value : run.message.size < limit.value;
  },
};

export const headerTests: readonly TestSpec[] = [address, envelope, header, exists, size];
