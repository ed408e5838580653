/** The rights of RFC 4314 §2.1, in the order in which we write them. */
export const ALL_RIGHTS = 'lrswipkxtea';
/** Members of a unit mailbox; who is a member is decided in the console, so not `a`. */
export const MEMBER_RIGHTS = 'lrswipkxte';

/** RFC 2086's `c` and `d`, each standing for what it became (RFC 4314 §2.1.1). */
const VIRTUAL: readonly (readonly [string, string])[] = [
  ['c', 'kx'],
  ['d', 'te'],
];

/** Sorts letters, each once, old ones replaced; undefined when one is no right. */
export function parseRights(text: string): string | undefined {
  let wanted = text;
  for (const [old, now] of VIRTUAL) wanted = wanted.replaceAll(old, now);
  if ([...wanted].some((letter) => !ALL_RIGHTS.includes(letter))) return undefined;
  return [...ALL_RIGHTS].filter((letter) => wanted.includes(letter)).join('');
}

/** Rights as answers tell them, with the old letters behind. */
export function formatRights(rights: string): string {
  const old = VIRTUAL.filter(([, now]) => [...now].some((letter) => rights.includes(letter)));
  return rights + old.map(([letter]) => letter).join('');
}

export function hasRights(rights: string, needed: string): boolean {
  return [...needed].every((letter) => rights.includes(letter));
}
