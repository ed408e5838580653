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
import type { Entry, Message, OpenMessage } from '../store/index.ts';
import { type BinaryItem, writeBinary } from './fetch-binary.ts';
import { flagNames } from './flags.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';
import { OutputClosed } from './wire-output.ts';

type SectionItem = Extract<FetchItem, { kind: 'section' }>;

/** What one FETCH needs to read, found out once for all its messages. */
export interface Plan {
  simple: ReadonlySet<string>;
  sections: readonly SectionItem[];
  binaries: readonly BinaryItem[];
  /** Some section marks the message as \Seen. */
  setsSeen: boolean;
  /** The answer carries MODSEQ. */
  modseq: boolean;
  /** The stored envelope, structure or sizes are needed. */
  message: boolean;
  /** Stored header blocks are enough for all sections. */
  header: boolean;
  /** Bodies are opened. */
  open: boolean;
  /** Only what the entry holds. */
  light: boolean;
  /** Only UID, FLAGS and MODSEQ. */
  flagsOnly: boolean;
  /** MODSEQ goes with flag changes too. */
  condstore: boolean;
  /** Answers are UIDFETCH (RFC 9586 §3.2). */
  uidOnly: boolean;
  /** What went wrong with single items, for the tagged answer. */
  problems: { unknownEncoding: boolean };
}

/** The parts of an entry that an answer may tell. */
export type FetchedEntry = Pick<
  Entry,
  'uid' | 'modseq' | 'flags' | 'keywords' | 'messageId' | 'threadId' | 'size' | 'receivedAt' | 'savedAt'
>;

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
const FLAG_ITEMS = new Set(['UID', 'FLAGS', 'MODSEQ']);

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
    setsSeen: sections.some((item) => !item.peek) || binaries.some((item) => !item.peek && !item.size),
    modseq: simple.has('MODSEQ'),
    message: (structured || sections.length > 0) && !open,
    header: sections.length > 0 && headersOnly && !open,
    open,
    light: !structured && !open && sections.length === 0,
    flagsOnly: !open && sections.length === 0 && [...simple].every((name) => FLAG_ITEMS.has(name)),
    condstore: enabled.has('CONDSTORE'),
    uidOnly,
    problems: { unknownEncoding: false },
  };
}

function isRootHeader(section: Section): boolean {
  return (
    section.part.length === 0 &&
    (section.of === 'header' || section.of === 'fields' || section.of === 'fieldsNot')
  );
}

/** Writes one `* n FETCH (…)`; a message that goes away meanwhile is left out. */
export async function writeEntry(
  session: Session,
  selected: Selected,
  plan: Plan,
  sequence: number,
  entry: FetchedEntry,
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
  try {
    const head = plan.uidOnly ? `* ${entry.uid} UIDFETCH (` : `* ${sequence} FETCH (`;
    await writeAnswer(session, plan, head, simpleValues(plan, entry, message, found.seenNow), {
      message,
      opened,
      header: found.header,
    });
  } catch (error) {
    // A literal was promised and cannot be kept: whatever came next would be taken for its rest.
    session.deps.log.error({ err: error, messageId: entry.messageId }, 'FETCH broke off inside an answer');
    session.destroy();
    throw new OutputClosed();
  }
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

function simpleValues(
  plan: Plan,
  entry: FetchedEntry,
  message: Message | undefined,
  seenNow: boolean,
): string[] {
  const values: string[] = [];
  const { simple } = plan;
  if (simple.has('UID')) values.push(`UID ${entry.uid}`);
  if (simple.has('MODSEQ') || (seenNow && plan.condstore)) values.push(`MODSEQ (${entry.modseq})`);
  if (simple.has('FLAGS') || seenNow) values.push(`FLAGS (${flagNames(entry).join(' ')})`);
  if (simple.has('INTERNALDATE')) values.push(`INTERNALDATE "${formatDateTime(entry.receivedAt)}"`);
  if (simple.has('RFC822.SIZE')) values.push(`RFC822.SIZE ${entry.size}`);
  if (simple.has('EMAILID')) values.push(`EMAILID (M${entry.messageId})`);
  if (simple.has('THREADID')) values.push(`THREADID (T${entry.threadId})`);
  if (simple.has('SAVEDATE')) values.push(`SAVEDATE "${formatDateTime(entry.savedAt)}"`);
  if (!message) return values;
  if (simple.has('PREVIEW')) values.push(`PREVIEW ${formatText(previewOf(message))}`);
  if (simple.has('ENVELOPE')) values.push(`ENVELOPE ${formatEnvelope(message.envelope)}`);
  if (simple.has('BODY')) values.push(`BODY ${formatStructure(message.structure, false)}`);
  if (simple.has('BODYSTRUCTURE')) values.push(`BODYSTRUCTURE ${formatStructure(message.structure, true)}`);
  return values;
}

/** RFC 8970 §3.2: 200 characters are enough for a list. */
const PREVIEW = 200;

function previewOf(message: Message): string {
  return message.preview.length <= PREVIEW
    ? message.preview
    : [...message.preview].slice(0, PREVIEW).join('');
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
  const start = Math.min(range.start + (item.partial?.offset ?? 0), range.end);
  const end = item.partial ? Math.min(start + item.partial.length, range.end) : range.end;
  output.text(`{${end - start}}\r\n`);
  let left = end - start;
  for await (const chunk of opened.read(start, end)) {
    left -= chunk.length;
    output.bytes(chunk);
    await output.spill();
  }
  if (left !== 0) throw new Error(`body is ${left} octets off its size`);
}

/** A header block is filtered in memory; one longer than this is a message made to fill it. */
const MAX_HEADER = 1_048_576;

function headerBytes(opened: OpenMessage, range: { start: number; end: number }): Promise<Buffer> {
  return opened.bytes(range.start, Math.min(range.end, range.start + MAX_HEADER));
}
