import type { ListParts, ListSettings, MailList, MailListDetail } from '@hongyan/contract';
import type { EntryRow, ListRole } from './list-entries.store.ts';
import type { ListRow, ListSummaryRow } from './lists.store.ts';

export function settingsOf(row: ListRow): ListSettings {
  return {
    name: row.name,
    description: row.description,
    senders: row.senders,
    moderation: row.moderation,
    listed: row.listed,
    leavable: row.leavable,
    subjectPrefix: row.subject_prefix,
    replyTo: row.reply_to,
    rewriteFrom: row.rewrite_from,
    skipSender: row.skip_sender,
    bounceLimit: row.bounce_limit,
  };
}

export function addressOfList(row: Pick<ListRow, 'local' | 'domain'>): string {
  return `${row.local}@${row.domain}`;
}

export function presentList(row: ListSummaryRow): MailList {
  return {
    id: row.id,
    address: addressOfList(row),
    ...settingsOf(row),
    state: row.disabled ? 'disabled' : 'active',
    entries: { accounts: row.accounts, units: row.units, lists: row.lists, addresses: row.addresses },
    createdAt: row.created_at.toISOString(),
  };
}

export function presentListDetail(
  row: ListRow,
  entries: readonly EntryRow[],
  reach: MailListDetail['reach'],
): MailListDetail {
  const members = named(entries, 'member');
  return {
    ...presentList({
      ...row,
      accounts: members.accounts.length,
      units: members.units.length,
      lists: members.lists.length,
      addresses: members.addresses.length,
    }),
    members,
    chosen: named(entries, 'sender'),
    moderators: named(entries, 'moderator').accounts,
    owners: named(entries, 'owner').accounts,
    reach,
  };
}

function named(entries: readonly EntryRow[], role: ListRole): ListParts {
  const parts: ListParts = { accounts: [], units: [], lists: [], addresses: [] };
  for (const entry of entries) {
    if (entry.role !== role) continue;
    const name = entry.name ?? '';
    const local = entry.local ?? '';
    if (entry.account_id !== null)
      parts.accounts.push({
        id: entry.account_id,
        name,
        account: local,
        ...(entry.unit_name === null ? {} : { unit: entry.unit_name }),
      });
    else if (entry.unit_id !== null) parts.units.push({ id: entry.unit_id, name });
    else if (entry.child_id !== null) parts.lists.push({ id: entry.child_id, name, address: local });
    else if (entry.address !== null)
      parts.addresses.push({ address: entry.address, bounces: entry.bounces, suspended: entry.suspended });
  }
  return parts;
}
