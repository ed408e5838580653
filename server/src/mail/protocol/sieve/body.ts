import { decodeText, decodeTransfer, htmlToText, type MimePart, param } from '../mime/index.ts';
import { checkKeys } from './constants.ts';
import { SIEVE_LIMITS } from './limits.ts';
import type { Call, Run, TestSpec } from './types.ts';

/** body (RFC 5173). Looks at the first megabyte of what it compares. */
const body: TestSpec = {
  name: 'body',
  extension: 'body',
  tags: [
    { name: 'raw', group: 'transform' },
    { name: 'content', group: 'transform', value: 'list' },
    { name: 'text', group: 'transform' },
  ],
  args: ['list'],
  matching: true,
  check: (call, compile) => checkKeys(call, call.args[0], compile),
  async run(run, call) {
    const values = await bodyValues(run, call);
    const keys = run.texts(call.args[0]);
    // RFC 5173 §5: match variables are not set by this test, a body may be large.
    const { groups } = run.frame;
    const found = run.matches(call, call.matcher.type === 'count' ? [String(values.length)] : values, keys);
    run.frame.groups = groups;
    return found;
  },
};

function bodyValues(run: Run, call: Call<TestSpec>): Promise<string[]> {
  const types = run.texts(call.tags.get('content')).map((type) => type.toLowerCase());
  const kind = call.tags.has('raw')
    ? 'raw'
    : call.tags.has('content')
      ? `content ${types.join(' ')}`
      : 'text';
  const known = run.bodies.get(kind);
  if (known) return known;
  const made = kind === 'raw' ? raw(run) : kind === 'text' ? visibleText(run) : contents(run, types);
  // A script may ask for many sets of types: only some are kept.
  if (run.bodies.size < 8) run.bodies.set(kind, made);
  return made;
}

async function raw(run: Run): Promise<string[]> {
  const { start, end } = run.message.structure;
  const bytes = await run.message.read(start, Math.min(end, start + SIEVE_LIMITS.bodyBytes));
  run.work(bytes.length / 256);
  return [bytes.toString('utf8')];
}

/** Parts by media type, decoded; containers give their own pieces of text (RFC 5173 §5.2). */
async function contents(run: Run, types: readonly string[]): Promise<string[]> {
  const values: string[] = [];
  let room: number = SIEVE_LIMITS.bodyBytes;
  for (const part of allParts(run.message.structure)) {
    if (!types.some((type) => accepts(type, part))) continue;
    run.work(1);
    if (room <= 0) break;
    const text = await contentOf(run, part, room);
    room -= text.length;
    values.push(text);
  }
  return values;
}

async function contentOf(run: Run, part: MimePart, room: number): Promise<string> {
  const read = async (start: number, end: number) => {
    const bytes = await run.message.read(start, Math.min(end, start + room));
    run.work(bytes.length / 256);
    return bytes;
  };
  if (part.parts) {
    const [first] = part.parts;
    const last = part.parts.at(-1);
    const prologue = await read(part.start, first?.headerStart ?? part.end);
    const epilogue = last ? await read(last.end, part.end) : Buffer.alloc(0);
    return `${prologue.toString('utf8')}${epilogue.toString('utf8')}`;
  }
  // A message's own value is its header; its parts are looked at by themselves.
  if (part.message)
    return (await read(part.message.part.headerStart, part.message.part.start)).toString('utf8');
  const bytes = decodeTransfer(await read(part.start, part.end), part.encoding);
  return part.type === 'text' ? decodeText(bytes, param(part.params, 'charset')) : bytes.toString('utf8');
}

function* allParts(part: MimePart): Generator<MimePart> {
  yield part;
  for (const child of part.parts ?? []) yield* allParts(child);
  if (part.message) yield* allParts(part.message.part);
}

function accepts(type: string, part: MimePart): boolean {
  if (type === '') return true;
  if (type.startsWith('/') || type.endsWith('/') || type.split('/').length > 2) return false;
  return type.includes('/') ? type === `${part.type}/${part.subtype}` : type === part.type;
}

/** What a reader would see: text parts, HTML without its tags. */
async function visibleText(run: Run): Promise<string[]> {
  const values: string[] = [];
  let room: number = SIEVE_LIMITS.bodyBytes;
  for (const part of allParts(run.message.structure)) {
    if (part.type !== 'text' || part.disposition?.type === 'attachment' || room <= 0) continue;
    const text = await contentOf(run, part, room);
    room -= text.length;
    values.push(part.subtype === 'html' ? htmlToText(text) : text);
  }
  return values;
}

export const bodyTests: readonly TestSpec[] = [body];
