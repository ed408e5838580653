import {
  type FetchArguments,
  type FetchItem,
  formatDateTime,
  formatEnvelope,
  formatSection,
  formatStructure,
  formatText,
  type Section,
} from '../protocol/imap/index.ts';
import { filterHeader, sectionRange } from '../protocol/mime/index.ts';
import type { Entry, FetchColumns, FetchRow, Message, OpenMessage, WholeMessage } from '../store/index.ts';
import { type BinaryItem, writeBinary } from './fetch-binary.ts';
import { flagText } from './flags.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';
import { OutputClosed, type WireOutput } from './wire-output.ts';

type SectionItem = Extract<FetchItem, { kind: 'section' }>;

/** What one FETCH needs to read, found out once for all its messages. */
export interface Plan {
  simple: ReadonlySet<string>;
  sections: readonly SectionItem[];
  binaries: readonly BinaryItem[];
  /** Without sections: what to read. */
  columns: FetchColumns | undefined;
  /** All sections are whole messages, which are read without knowing anything about them. */
  whole: boolean;
  /** Some section marks the message as \Seen. */
  setsSeen: boolean;
  /** The answer carries MODSEQ. */
  modseq: boolean;
  /** Stored header blocks are enough for all sections. */
  header: boolean;
  /** Bodies are opened. */
  open: boolean;
  /** MODSEQ goes with flag changes too. */
  condstore: boolean;
  /** Answers are UIDFETCH (RFC 9586 §3.2). */
  uidOnly: boolean;
  /** What went wrong with single items, for the tagged answer. */
  problems: { unknownEncoding: boolean };
}

/** What was read for a message besides its entry. */
export interface Found {
  message: Message | undefined;
  header: Buffer | undefined;
  opened: OpenMessage | undefined;
  /** \Seen was set by this very FETCH, so its new flags are told. */
  seenNow: boolean;
}

/** Items that come from the stored message. */
const STORED = ['ENVELOPE', 'BODY', 'BODYSTRUCTURE', 'PREVIEW'];
const DETAILS = ['INTERNALDATE', 'RFC822.SIZE', 'EMAILID', 'THREADID', 'SAVEDATE'];

function columnsOf(simple: ReadonlySet<string>): FetchColumns {
  return {
    details: DETAILS.some((name) => simple.has(name)),
    envelope: simple.has('ENVELOPE'),
    structure: simple.has('BODY') || simple.has('BODYSTRUCTURE'),
    preview: simple.has('PREVIEW'),
  };
}

export function createPlan(args: FetchArguments, byUid: boolean, enabled: ReadonlySet<string>): Plan {
  const simple = new Set<string>();
  const sections: SectionItem[] = [];
  const binaries: BinaryItem[] = [];
  for (const item of args.items) {
    if (item.kind === 'simple') simple.add(item.name);
    else if (item.kind === 'binary') binaries.push(item);
    else sections.push(item);
  }
  const uidOnly = enabled.has('UIDONLY');
  if (byUid && !uidOnly) simple.add('UID');
  if (args.changedSince !== undefined) simple.add('MODSEQ');
  const headersOnly = sections.every((item) => isRootHeader(item.section));
  const structured = STORED.some((name) => simple.has(name));
  const open = (sections.length > 0 && !headersOnly) || binaries.length > 0;
  return {
    simple,
    sections,
    binaries,
    whole:
      sections.length > 0 &&
      !structured &&
      binaries.length === 0 &&
      sections.every((item) => isWhole(item.section)),
    columns: sections.length > 0 || binaries.length > 0 ? undefined : columnsOf(simple),
    setsSeen: sections.some((item) => !item.peek) || binaries.some((item) => !item.peek && !item.size),
    modseq: simple.has('MODSEQ'),
    header: sections.length > 0 && headersOnly && !open,
    open,
    condstore: enabled.has('CONDSTORE'),
    uidOnly,
    problems: { unknownEncoding: false },
  };
}

function isWhole(section: Section): boolean {
  return section.part.length === 0 && section.of === 'all';
}

function isRootHeader(section: Section): boolean {
  return (
    section.part.length === 0 &&
    (section.of === 'header' || section.of === 'fields' || section.of === 'fieldsNot')
  );
}

/** Writes one `* n FETCH (…)` of a message without sections. */
export function writeRow(session: Session, plan: Plan, sequence: number, row: FetchRow): void {
  session.output.line(`${headOf(plan, sequence, row.uid)}${simpleValues(plan, row, false).join(' ')})`);
}

function headOf(plan: Plan, sequence: number, uid: number): string {
  return plan.uidOnly ? `* ${uid} UIDFETCH (` : `* ${sequence} FETCH (`;
}

/** Writes one `* n FETCH (…)` with sections; a message that goes away meanwhile is left out. */
export async function writeEntry(
  session: Session,
  selected: Selected,
  plan: Plan,
  sequence: number,
  entry: Entry,
  found: Found,
): Promise<void> {
  const needsOpen = plan.open || (plan.header && !wholeHeader(found));
  const { db, store } = session.deps;
  const opened =
    needsOpen && !found.opened
      ? await store.open(db, selected.scope.accountId, entry.messageId)
      : found.opened;
  if (needsOpen && !opened) return;
  const message = opened ?? found.message;
  const row = message
    ? { ...entry, envelope: message.envelope, structure: message.structure, preview: message.preview }
    : entry;
  try {
    const head = headOf(plan, sequence, entry.uid);
    await writeAnswer(session, plan, head, simpleValues(plan, row, found.seenNow), {
      message,
      opened,
      header: found.header,
    });
  } catch (error) {
    breakOff(session, error, entry.messageId);
  }
}

/** Writes one `* n FETCH (…)` whose sections are the whole message. */
export async function writeWhole(
  session: Session,
  plan: Plan,
  sequence: number,
  row: FetchRow,
  whole: WholeMessage,
): Promise<void> {
  const { output } = session;
  try {
    const values = simpleValues(plan, row, false);
    output.text(headOf(plan, sequence, row.uid) + values.join(' '));
    let space = values.length > 0 ? ' ' : '';
    for (const item of plan.sections) {
      output.text(`${space}${label(item)} `);
      space = ' ';
      await writeRange(output, item, whole, { start: 0, end: whole.size });
    }
    output.line(')');
  } catch (error) {
    breakOff(session, error, row.messageId);
  }
}

/** A literal was promised and cannot be kept: whatever came next would be taken for its rest. */
function breakOff(session: Session, error: unknown, messageId: number | undefined): never {
  session.deps.log.error({ err: error, messageId }, 'FETCH broke off inside an answer');
  session.destroy();
  throw new OutputClosed();
}

async function writeRange(
  output: WireOutput,
  item: SectionItem,
  source: WholeMessage,
  range: { start: number; end: number },
): Promise<void> {
  const start = Math.min(range.start + (item.partial?.offset ?? 0), range.end);
  const end = item.partial ? Math.min(start + item.partial.length, range.end) : range.end;
  output.text(`{${end - start}}\r\n`);
  let left = end - start;
  for await (const chunk of source.read(start, end)) {
    left -= chunk.length;
    output.bytes(chunk);
    if (output.isFull()) await output.spill();
  }
  if (left !== 0) throw new Error(`body is ${left} octets off its size`);
}

interface Sources {
  message: Message | undefined;
  opened: OpenMessage | undefined;
  header: Buffer | undefined;
}

async function writeAnswer(
  session: Session,
  plan: Plan,
  head: string,
  values: readonly string[],
  sources: Sources,
): Promise<void> {
  const { output } = session;
  output.text(head + values.join(' '));
  let first = values.length === 0;
  for (const item of plan.sections) {
    output.text(`${first ? '' : ' '}${label(item)} `);
    first = false;
    await writeSection(session, item, sources);
  }
  for (const item of plan.binaries) {
    if (!sources.opened) break;
    if (!first) output.text(' ');
    first = false;
    if (!(await writeBinary(output, item, sources.opened))) plan.problems.unknownEncoding = true;
  }
  output.line(')');
}

/** A header block longer than what the store keeps of it must be read from the body. */
function wholeHeader(found: Found): boolean {
  const { message, header } = found;
  return (
    message !== undefined && header !== undefined && header.length === message.prefixSize + message.headerSize
  );
}

function simpleValues(plan: Plan, row: FetchRow, seenNow: boolean): string[] {
  const values: string[] = [];
  const { simple } = plan;
  if (simple.has('UID')) values.push(`UID ${row.uid}`);
  if (simple.has('MODSEQ') || (seenNow && plan.condstore)) values.push(`MODSEQ (${row.modseq})`);
  if (simple.has('FLAGS') || seenNow) values.push(`FLAGS (${flagText(row)})`);
  if (row.receivedAt && simple.has('INTERNALDATE'))
    values.push(`INTERNALDATE "${formatDateTime(row.receivedAt)}"`);
  if (simple.has('RFC822.SIZE')) values.push(`RFC822.SIZE ${row.size}`);
  if (simple.has('EMAILID')) values.push(`EMAILID (M${row.messageId})`);
  if (simple.has('THREADID')) values.push(`THREADID (T${row.threadId})`);
  if (row.savedAt && simple.has('SAVEDATE')) values.push(`SAVEDATE "${formatDateTime(row.savedAt)}"`);
  if (row.preview !== undefined && simple.has('PREVIEW'))
    values.push(`PREVIEW ${formatText(previewOf(row.preview))}`);
  if (row.envelope && simple.has('ENVELOPE')) values.push(`ENVELOPE ${formatEnvelope(row.envelope)}`);
  if (!row.structure) return values;
  if (simple.has('BODY')) values.push(`BODY ${formatStructure(row.structure, false)}`);
  if (simple.has('BODYSTRUCTURE')) values.push(`BODYSTRUCTURE ${formatStructure(row.structure, true)}`);
  return values;
}

/** RFC 8970 §3.2: 200 characters are enough for a list. */
const PREVIEW = 200;

function previewOf(text: string): string {
  return text.length <= PREVIEW ? text : [...text].slice(0, PREVIEW).join('');
}

function label(item: SectionItem): string {
  if (item.label !== 'BODY') return item.label;
  return `BODY[${formatSection(item.section)}]${item.partial ? `<${item.partial.offset}>` : ''}`;
}

async function writeSection(
  session: Session,
  item: SectionItem,
  { message, opened, header }: Sources,
): Promise<void> {
  const { output } = session;
  const isFields = item.section.of === 'fields' || item.section.of === 'fieldsNot';
  const kind = item.section.of === 'fields' || item.section.of === 'fieldsNot' ? 'header' : item.section.of;
  const range = message && sectionRange(message, item.section.part, kind);
  if (!range) {
    output.text('NIL');
    return;
  }
  if (isFields || !opened) {
    const block = opened ? await headerBytes(opened, range) : (header ?? Buffer.alloc(0));
    const kept = isFields ? filterHeader(block, item.section.fields, item.section.of === 'fieldsNot') : block;
    const start = item.partial?.offset ?? 0;
    const bytes = kept.subarray(start, item.partial ? start + item.partial.length : kept.length);
    output.text(`{${bytes.length}}\r\n`);
    output.bytes(bytes);
    return;
  }
  await writeRange(output, item, opened, range);
}

/** A header block is filtered in memory; one longer than this is a message made to fill it. */
const MAX_HEADER = 1_048_576;

function headerBytes(opened: OpenMessage, range: { start: number; end: number }): Promise<Buffer> {
  return opened.bytes(range.start, Math.min(range.end, range.start + MAX_HEADER));
}
