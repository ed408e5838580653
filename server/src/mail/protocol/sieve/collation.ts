/** A comparator of RFC 4790. */
export interface Comparator {
  name: string;
  /** Equal texts have equal folds; undefined: substrings make no sense (i;ascii-numeric). */
  fold: ((text: string) => string) | undefined;
  /** Negative, zero, positive. */
  compare(left: string, right: string): number;
  /** For regular expressions. */
  ignoreCase: boolean;
}

function compareOctets(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** RFC 4790 §9.2: only ASCII letters have a case; lengths stay. */
export function foldAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** For ordering the RFC folds to upper case: `_` then comes behind letters. */
function foldAsciiUp(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** RFC 5051: title case, then decomposed, character by character. */
function foldUnicode(text: string): string {
  return text.toUpperCase().normalize('NFKD');
}

/** RFC 4790 §9.1: leading digits as a number, anything else is positive infinity. */
function compareNumeric(left: string, right: string): number {
  const a = digitsOf(left);
  const b = digitsOf(right);
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function digitsOf(text: string): string | undefined {
  const digits = /^\d+/.exec(text)?.[0];
  return digits?.replace(/^0+(?=\d)/, '');
}

export const COMPARATORS: ReadonlyMap<string, Comparator> = new Map(
  [
    { name: 'i;octet', fold: (text: string) => text, compare: compareOctets, ignoreCase: false },
    {
      name: 'i;ascii-casemap',
      fold: foldAscii,
      compare: (left: string, right: string) => compareOctets(foldAsciiUp(left), foldAsciiUp(right)),
      ignoreCase: true,
    },
    { name: 'i;ascii-numeric', fold: undefined, compare: compareNumeric, ignoreCase: false },
    {
      name: 'i;unicode-casemap',
      fold: foldUnicode,
      compare: (left: string, right: string) => compareOctets(foldUnicode(left), foldUnicode(right)),
      ignoreCase: true,
    },
  ].map((comparator): [string, Comparator] => [comparator.name, comparator]),
);

/** What is compared with when a script names no comparator (RFC 5228 §2.7.3). */
export const DEFAULT_COMPARATOR = 'i;ascii-casemap';
