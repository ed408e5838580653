import { formatString } from '../protocol/imap/index.ts';
import type { Annotation } from '../store/index.ts';

/** An entry that was asked for; without a value it is answered NIL (RFC 5464 §4.4.1). */
export interface ChosenAnnotation {
  entry: string;
  value: Buffer | undefined;
}

/** The entries asked for, and with `depth` 1 or Infinity those below them; entries that are not there only at depth 0. */
export function chooseAnnotations(
  all: readonly Annotation[],
  wanted: readonly string[],
  depth: number,
): ChosenAnnotation[] {
  const chosen = new Map<string, Buffer | undefined>();
  for (const name of wanted) {
    const exact = all.find(({ entry }) => entry === name);
    if (exact || depth === 0) chosen.set(name, exact?.value);
    if (depth === 0) continue;
    for (const { entry, value } of all) {
      if (!entry.startsWith(`${name}/`)) continue;
      const levels = entry.slice(name.length + 1).split('/').length;
      if (levels <= depth) chosen.set(entry, value);
    }
  }
  return [...chosen].map(([entry, value]) => ({ entry, value }));
}

/** `* METADATA mailbox (entry value …)`; undefined when there is nothing to tell. */
export function annotationsLine(mailbox: string, entries: readonly ChosenAnnotation[]): string | undefined {
  if (entries.length === 0) return undefined;
  const list = entries.map(({ entry, value }) => `${entry} ${value ? formatValue(value) : 'NIL'}`);
  return `* METADATA ${mailbox} (${list.join(' ')})`;
}

/** A value may hold any octets; only a literal8 may hold NUL (RFC 5464 §5). */
function formatValue(value: Buffer): string {
  return value.includes(0)
    ? `~{${value.length}}\r\n${value.toString('latin1')}`
    : formatString(value.toString('latin1'));
}
