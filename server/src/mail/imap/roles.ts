import type { Role } from '../store/index.ts';

/** Special-use attributes (RFC 6154 §2); INBOX needs none. */
const ATTRIBUTES: readonly (readonly [Role, string])[] = [
  ['drafts', '\\Drafts'],
  ['sent', '\\Sent'],
  ['junk', '\\Junk'],
  ['trash', '\\Trash'],
  ['archive', '\\Archive'],
];

export function attributeOfRole(role: Role | undefined): string | undefined {
  return ATTRIBUTES.find(([candidate]) => candidate === role)?.[1];
}

export function roleOfAttribute(attribute: string): Role | undefined {
  return ATTRIBUTES.find(([, name]) => name.toLowerCase() === attribute.toLowerCase())?.[0];
}
