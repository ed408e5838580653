/**
 * Ids on the wire: a letter that says what it is, then the store's number (RFC 8620 §1.2 wants no leading digit).
 * IMAP's OBJECTID uses the same ones (RFC 8474 §5).
 */
type Letter = 'A' | 'F' | 'M' | 'T' | 'S' | 'G';

function writer(letter: Letter): (id: number) => string {
  return (id) => `${letter}${id}`;
}

/** Reads an id; undefined when it cannot be one of ours, which is then 'not found'. */
function reader(letter: Letter): (text: string) => number | undefined {
  const pattern = new RegExp(`^${letter}([1-9]\\d{0,14})$`);
  return (text) => {
    const match = pattern.exec(text);
    return match ? Number(match[1]) : undefined;
  };
}

export const accountId = writer('A');
export const readAccountId = reader('A');
export const mailboxId = writer('F');
export const readMailboxId = reader('F');
export const emailId = writer('M');
export const readEmailId = reader('M');
export const threadId = writer('T');
export const readThreadId = reader('T');
export const submissionId = writer('S');
export const readSubmissionId = reader('S');

export const scriptId = writer('G');
export const readScriptId = reader('G');

/** A blob: a whole message, one part of it decoded, or an upload by its SHA-256. */
export type BlobId =
  | { kind: 'message'; messageId: number }
  | { kind: 'part'; messageId: number; path: number[] }
  | { kind: 'upload'; hash: string }
  /** A Sieve script at one time. */
  | { kind: 'script'; scriptId: number; version: number };

export function blobIdText(blob: BlobId): string {
  if (blob.kind === 'upload') return `U${blob.hash}`;
  if (blob.kind === 'script') return `V${blob.scriptId}-${blob.version}`;
  return blob.kind === 'message' ? `B${blob.messageId}` : `P${blob.messageId}-${blob.path.join('-')}`;
}

export function readBlobId(text: string): BlobId | undefined {
  const upload = /^U([0-9a-f]{64})$/.exec(text);
  if (upload?.[1]) return { kind: 'upload', hash: upload[1] };
  const script = /^V([1-9]\d{0,14})-(\d{1,15})$/.exec(text);
  if (script) return { kind: 'script', scriptId: Number(script[1]), version: Number(script[2]) };
  const message = /^B([1-9]\d{0,14})$/.exec(text);
  if (message) return { kind: 'message', messageId: Number(message[1]) };
  const part = /^P([1-9]\d{0,14})((?:-[1-9]\d{0,3}){1,50})$/.exec(text);
  if (!part) return undefined;
  return { kind: 'part', messageId: Number(part[1]), path: (part[2] ?? '').slice(1).split('-').map(Number) };
}
