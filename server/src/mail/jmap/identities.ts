import { createHash } from 'node:crypto';
import type { SenderAddress } from '../ports.ts';
import type { Context, JmapAccount } from './context.ts';

/** An address that the person may send as, with the id that it keeps as long as it exists. */
export interface Identity {
  id: string;
  sender: SenderAddress;
}

/** Own account: every address the person may send as. Unit mailbox: the addresses of that unit mailbox. */
export async function identitiesOf(context: Context, account: JmapAccount): Promise<Identity[]> {
  const senders = await context.deps.addressBook.senders(context.deps.db, context.personId);
  const own = account.scope.accountId === context.personId;
  return senders
    .filter((sender) => own || sender.accountId === account.scope.accountId)
    .map((sender) => ({ id: `I${digest(sender.address)}`, sender }));
}

/** Changes when an address or a name does. */
export function identityState(identities: readonly Identity[]): string {
  return digest(identities.map(({ id, sender }) => `${id} ${sender.name}`).join('\n'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
