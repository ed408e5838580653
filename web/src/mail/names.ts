import { useTexts } from '../kit/texts.ts';
import type { Address, Mailbox } from './jmap.ts';
import { texts } from './texts.ts';

const roles = ['inbox', 'drafts', 'sent', 'trash', 'junk', 'archive'] as const;
const order = new Map<string | null, number>(
  ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'].map((role, index) => [role, index]),
);

/** Folders with a duty are named in the reader's language, others as they were named. */
export function useFolderName(): (mailbox: Mailbox) => string {
  const t = useTexts(texts);
  return (mailbox) => {
    const role = roles.find((one) => one === mailbox.role);
    return role ? t(role) : mailbox.name;
  };
}

export const sortFolders = (mailboxes: Mailbox[]): Mailbox[] =>
  [...mailboxes].sort(
    (a, b) =>
      (order.get(a.role) ?? 50) - (order.get(b.role) ?? 50) ||
      a.sortOrder - b.sortOrder ||
      a.name.localeCompare(b.name, 'zh-CN'),
  );

export const nameOf = (address: Address | undefined): string =>
  address ? address.name?.trim() || address.email : '';

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** `张伟 <zhangwei@x>` or `zhangwei@x`. */
export function parseAddress(text: string): Address | undefined {
  const match = /^\s*(?:"?([^"<]*?)"?\s*<\s*([^<>\s]+@[^<>\s]+)\s*>|([^<>\s]+@[^<>\s]+))\s*$/.exec(text);
  if (!match) return undefined;
  const email = match[2] ?? match[3] ?? '';
  return /^[^@]+@[^@]+$/.test(email) ? { name: match[1]?.trim() || null, email } : undefined;
}

export const formatAddress = (address: Address): string =>
  address.name ? `${address.name} <${address.email}>` : address.email;
