import { decodedValue } from './fields.ts';
import { fieldsNamed } from './run.ts';
import type { Call, DuplicateKey, Run, TestSpec } from './types.ts';

/** RFC 7352 §3.1: the site sets the bounds. */
const DEFAULT_SECONDS = 7 * 86_400;
const MAX_SECONDS = 90 * 86_400;
const MAX_ID = 1_000;

/** duplicate (RFC 7352): seen before? Remembered only when the delivery succeeds. */
const duplicate: TestSpec = {
  name: 'duplicate',
  extension: 'duplicate',
  tags: [
    { name: 'handle', value: 'string' },
    { name: 'header', value: 'string', group: 'id' },
    { name: 'uniqueid', value: 'string', group: 'id' },
    { name: 'seconds', value: 'number' },
    { name: 'last' },
  ],
  async run(run, call) {
    const key = keyOf(run, call);
    if (key.id === '') return false;
    run.work(20);
    // The same question twice in one run has one answer: the message is no duplicate of itself.
    const asked = run.duplicates.some((known) => known.handle === key.handle && known.id === key.id);
    const seen = await run.environment.isDuplicate(key);
    if (!asked) run.duplicates.push(key);
    return seen;
  },
};

function keyOf(run: Run, call: Call<TestSpec>): DuplicateKey {
  const { tags } = call;
  const seconds = tags.get('seconds');
  const wanted =
    seconds !== undefined && seconds !== true && seconds.kind === 'number' ? seconds.value : DEFAULT_SECONDS;
  return {
    handle: run.first(tags.get('handle')),
    id: (tags.has('uniqueid') ? run.first(tags.get('uniqueid')) : headerValue(run, call)).slice(0, MAX_ID),
    seconds: Math.min(wanted, MAX_SECONDS),
    last: tags.has('last'),
  };
}

function headerValue(run: Run, call: Call<TestSpec>): string {
  const name = call.tags.has('header') ? run.first(call.tags.get('header')) : 'Message-ID';
  const [field] = fieldsNamed(run, name);
  return field ? decodedValue(field) : '';
}

export const duplicateTests: readonly TestSpec[] = [duplicate];
