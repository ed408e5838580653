import { param } from './params.ts';
import { describePart, envelopeOf, fieldsOf } from './part-header.ts';
import type { MimePart } from './types.ts';

/** Header blocks are looked at up to here; the rest of a longer one is skipped. */
export const MAX_HEADER = 64 * 1024;
/** Parts nested deeper are leaves: every level is a level of recursion in whoever reads the structure. */
export const MAX_DEPTH = 50;
/** Boundaries after so many parts are content: a structure is sent whole on every FETCH BODYSTRUCTURE. */
export const MAX_PARTS = 1_000;
/** Undecoded text kept for preview and search, over all parts. */
const MAX_TEXT = 1024 * 1024;
/** A line is looked at up to here when we ask whether it is a boundary (70 characters, RFC 2046 §5.1.1, and slack). */
const LINE_HEAD = 1_024;

interface Open {
  part: MimePart;
  depth: number;
  /** `--boundary` of a multipart. */
  delimiter: Buffer | undefined;
  digest: boolean;
  /** Collected header bytes while the header is read. */
  header: Buffer[] | undefined;
  headerBytes: number;
  text: Buffer[] | undefined;
  /** Newlines of the message when its content began. */
  newlinesBefore: number;
  /** A multipart after its closing delimiter: the epilogue. */
  closed: boolean;
}

export interface TextPart {
  part: MimePart;
  bytes: Buffer;
}

export interface Structure {
  size: number;
  root: MimePart;
  /** Header block of the message, cut at MAX_HEADER. */
  header: Buffer;
  texts: TextPart[];
  /** False when text was left out. */
  complete: boolean;
}

/**
 * Reads the structure of a message while it streams by (RFC 2045, 2046); keeps header blocks and some text only.
 * Feed every byte to `write`, then call `finish`. Never throws, whatever the bytes are.
 */
export function createStructureParser(): { write(chunk: Buffer): void; finish(): Structure } {
  let offset = 0;
  let carry: Buffer | undefined;
  /** Inside a line whose head has been looked at already. */
  let midLine = false;
  let lastTerminator = 0;
  let lastLineEmpty = false;
  let newlines = 0;
  let parts = 0;
  let kept = 0;
  let complete = true;
  let rootHeader: Buffer = Buffer.alloc(0);
  const texts: TextPart[] = [];
  const stack: Open[] = [];

  function openPart(at: number): Open {
    const part: MimePart = {
      type: 'text',
      subtype: 'plain',
      params: [],
      id: null,
      description: null,
      encoding: '7bit',
      disposition: null,
      language: [],
      location: null,
      md5: null,
      headerStart: at,
      start: at,
      end: at,
      lines: 0,
    };
    const open: Open = {
      part,
      depth: stack.length,
      delimiter: undefined,
      digest: false,
      header: [],
      headerBytes: 0,
      text: undefined,
      newlinesBefore: 0,
      closed: false,
    };
    parts++;
    stack.push(open);
    return open;
  }

  /** The header of the innermost part is complete; its content begins at `at`. */
  function headerDone(open: Open, at: number): void {
    const block = Buffer.concat(open.header ?? []);
    open.header = undefined;
    open.newlinesBefore = newlines;
    const parent = stack[open.depth - 1];
    const { byName } = fieldsOf(block);
    Object.assign(open.part, describePart(byName, parent?.digest ?? false));
    open.part.start = at;
    if (open.depth === 0) rootHeader = block;
    const { part } = open;
    if (parent?.part.message?.part === part) parent.part.message.envelope = envelopeOf(byName);
    const room = open.depth < MAX_DEPTH && parts < MAX_PARTS;
    if (part.type === 'multipart' && room) {
      const boundary = param(part.params, 'boundary');
      if (boundary !== undefined && boundary !== '' && boundary.length <= 200) {
        part.parts = [];
        open.delimiter = Buffer.from(`--${boundary}`);
        open.digest = part.subtype === 'digest';
        return;
      }
    }
    if (
      part.type === 'message' &&
      (part.subtype === 'rfc822' || part.subtype === 'global') &&
      room &&
      isIdentity(part.encoding)
    ) {
      const inner = openPart(at);
      part.message = { envelope: envelopeOf(new Map()), part: inner.part };
      return;
    }
    if (part.type === 'text') open.text = [];
  }

  function closeTop(end: number, beforeDelimiter: boolean): void {
    const open = stack.pop();
    if (!open) return;
    if (open.header) headerDoneWithoutBody(open, end);
    const { part } = open;
    part.end = Math.max(part.start, end);
    part.lines = part.end > part.start ? linesOf(newlines - open.newlinesBefore, beforeDelimiter) : 0;
    if (open.text) texts.push({ part, bytes: trimTo(Buffer.concat(open.text), part.end - part.start) });
  }

  /** A last line without its end counts too; the line break before a delimiter is not content. */
  function linesOf(counted: number, beforeDelimiter: boolean): number {
    if (beforeDelimiter) return lastLineEmpty ? counted - 1 : counted;
    return lastTerminator === 0 ? counted + 1 : counted;
  }

  function headerDoneWithoutBody(open: Open, end: number): void {
    const depth = stack.length;
    stack.push(open);
    headerDone(open, end);
    // What the header opened (a message inside) is empty.
    while (stack.length > depth + 1) {
      const inner = stack.pop();
      if (inner) inner.part.start = inner.part.end = end;
    }
    stack.pop();
  }

  /** The line's head matches a delimiter on the stack: which, and does it close? */
  function delimiterAt(line: Buffer): { index: number; closing: boolean } | undefined {
    if (line[0] !== 0x2d || line[1] !== 0x2d) return undefined;
    const text = trimEnd(line);
    for (let index = stack.length - 1; index >= 0; index--) {
      const open = stack[index];
      if (!open?.delimiter || open.closed) continue;
      const length = open.delimiter.length;
      if (text.length === length && text.equals(open.delimiter)) return { index, closing: false };
      if (
        text.length === length + 2 &&
        text[length] === 0x2d &&
        text[length + 1] === 0x2d &&
        text.subarray(0, length).equals(open.delimiter)
      )
        return { index, closing: true };
    }
    return undefined;
  }

  function line(bytes: Buffer, whole: boolean): void {
    const at = offset;
    offset += bytes.length;
    const ended = bytes[bytes.length - 1] === 0x0a;
    if (!midLine) {
      const hit = whole || ended ? delimiterAt(bytes) : undefined;
      if (hit) {
        delimiterLine(hit, at, ended, bytes);
        return;
      }
    }
    if (ended) newlines++;
    const open = stack[stack.length - 1];
    const first = !midLine;
    endLine(bytes, ended);
    if (open?.header) headerLine(open, bytes, first && isEmptyLine(bytes));
    else if (open?.text) content(open.text, bytes);
  }

  function endLine(bytes: Buffer, ended: boolean): void {
    lastLineEmpty = !midLine && isEmptyLine(bytes);
    lastTerminator = ended ? (bytes[bytes.length - 2] === 0x0d ? 2 : 1) : 0;
    midLine = !ended;
  }

  function delimiterLine(
    hit: { index: number; closing: boolean },
    at: number,
    ended: boolean,
    bytes: Buffer,
  ): void {
    const full = parts >= MAX_PARTS && !hit.closing;
    if (!full) {
      // The line break before a delimiter belongs to it (RFC 2046 §5.1.1).
      while (stack.length > hit.index + 1) closeTop(at - lastTerminator, true);
      const open = stack[hit.index];
      if (open && hit.closing) open.closed = true;
      else open?.part.parts?.push(openPart(offset).part);
    }
    if (ended) newlines++;
    endLine(bytes, ended);
  }

  function headerLine(open: Open, bytes: Buffer, empty: boolean): void {
    if (empty) {
      // The empty line belongs to the block as it is served.
      pushSlice(open.header, bytes);
      headerDone(open, offset);
      return;
    }
    if (open.headerBytes + bytes.length <= MAX_HEADER) pushSlice(open.header, bytes);
    open.headerBytes += bytes.length;
  }

  function content(text: Buffer[], bytes: Buffer): void {
    if (kept + bytes.length > MAX_TEXT) {
      complete = false;
      return;
    }
    kept += bytes.length;
    pushSlice(text, bytes);
  }

  openPart(0);
  return {
    write(chunk) {
      const data = carry ? Buffer.concat([carry, chunk]) : chunk;
      carry = undefined;
      let at = 0;
      for (;;) {
        const newline = data.indexOf(0x0a, at);
        if (newline < 0) break;
        line(data.subarray(at, newline + 1), true);
        at = newline + 1;
      }
      const rest = data.subarray(at);
      if (rest.length > LINE_HEAD) line(rest, false);
      else if (rest.length > 0) carry = Buffer.from(rest);
    },
    finish() {
      if (carry) line(carry, true);
      const root = stack[0]?.part;
      while (stack.length > 0) closeTop(offset, false);
      if (!root) throw new Error('the parser always has a root');
      return { size: offset, root, header: rootHeader, texts, complete };
    },
  };
}

/** Lines that follow each other in one chunk stay one slice: a text of a thousand lines is a handful of buffers. */
function pushSlice(list: Buffer[] | undefined, bytes: Buffer): void {
  if (!list) return;
  const last = list.at(-1);
  if (last && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset)
    list[list.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length);
  else list.push(bytes);
}

function isIdentity(encoding: string): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
}

function isEmptyLine(line: Buffer): boolean {
  return line[0] === 0x0a || (line.length === 2 && line[0] === 0x0d && line[1] === 0x0a);
}

function trimEnd(line: Buffer): Buffer {
  let end = line.length;
  while (
    end > 0 &&
    (line[end - 1] === 0x0a || line[end - 1] === 0x0d || line[end - 1] === 0x20 || line[end - 1] === 0x09)
  )
    end--;
  return line.subarray(0, end);
}

function trimTo(bytes: Buffer, length: number): Buffer {
  return bytes.length > length ? bytes.subarray(0, Math.max(0, length)) : bytes;
}
