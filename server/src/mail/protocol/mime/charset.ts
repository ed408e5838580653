import { isAscii } from 'node:buffer';
import { encodingExists, decode as iconvDecode } from 'iconv-lite';

/** Labels that mean more in practice than in their standard. */
const SUPERSETS = new Map([
  ['gb2312', 'gb18030'],
  ['gbk', 'gb18030'],
  ['cp936', 'gb18030'],
  ['x-gbk', 'gb18030'],
  ['gb_2312-80', 'gb18030'],
  ['hz-gb-2312', 'gb18030'],
  ['us-ascii', ''],
  ['ascii', ''],
  ['unknown-8bit', ''],
  ['x-unknown', ''],
  ['8bit', ''],
  ['utf8', 'utf-8'],
]);

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const strictGb = new TextDecoder('gb18030', { fatal: true });
type Decoder = InstanceType<typeof TextDecoder>;
const decoders = new Map<string, Decoder | null>();

/** Combining marks, Armenian, Hebrew points, Syriac, NKo: what two GBK characters look like as UTF-8. */
const UNLIKELY = /[\u0300-\u036f\u0530-\u07ff]/;
const THREE_BYTES = /[\u0800-\uffff]/;

/**
 * Bytes of a stated charset as text; never throws.
 * A missing, unknown or wrong label is replaced by a guess: UTF-8 when it decodes, else GB18030 (most unlabelled
 * mail in China), else windows-1252. NUL is dropped, since PostgreSQL cannot keep it.
 */
export function decodeText(bytes: Uint8Array, label?: string): string {
  return clean(decodeRaw(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), label));
}

function decodeRaw(bytes: Buffer, label: string | undefined): string {
  if (isAscii(bytes)) {
    // ISO-2022 and UTF-7 are seven-bit too, so the label still matters when it names one of them.
    const name = label?.toLowerCase() ?? '';
    if (!name.startsWith('iso-2022') && !name.includes('utf-7') && !name.startsWith('hz-'))
      return bytes.toString('latin1');
  }
  const name = label?.trim().toLowerCase() ?? '';
  const wanted = SUPERSETS.get(name) ?? name;
  if (wanted === 'utf-8') return attempt(strictUtf8, bytes) ?? guess(bytes);
  if (wanted === '') return guess(bytes);
  const decoder = decoderOf(wanted);
  if (decoder) return decoder.decode(bytes);
  if (wanted.length < 40 && encodingExists(wanted)) return iconvDecode(bytes, wanted);
  return guess(bytes);
}

function guess(bytes: Buffer): string {
  const utf8 = attempt(strictUtf8, bytes);
  // 通知 in GBK is valid UTF-8 by accident, but of marks that start no word.
  if (utf8 !== undefined && (THREE_BYTES.test(utf8) || !UNLIKELY.test(utf8))) return utf8;
  const gb = attempt(strictGb, bytes) ?? utf8;
  if (gb !== undefined) return gb;
  // A cut or damaged text: mostly valid UTF-8 is still better read as UTF-8.
  const loose = bytes.toString('utf8');
  const broken = loose.split('\ufffd').length - 1;
  return broken * 10 < loose.length ? loose : bytes.toString('latin1');
}

function attempt(decoder: Decoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function decoderOf(label: string): Decoder | null {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  let made: Decoder | null = null;
  try {
    made = new TextDecoder(label);
  } catch {
    // Not a WHATWG label; iconv-lite may know it.
  }
  // Bounded: labels come from strangers.
  if (decoders.size < 100) decoders.set(label, made);
  return made;
}

export { isAscii };

/** What PostgreSQL's text and jsonb accept: no NUL, no lone surrogate. */
export function clean(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
}

/** For comparing in searches: compatibility forms and case folded, white space collapsed. */
export function foldText(text: string): string {
  // Most text is ASCII, which has no other forms.
  const plain = /[^\x00-\x7f]/.test(text) ? text.normalize('NFKC') : text;
  return plain.toLowerCase().replace(/\s+/g, ' ').trim();
}
