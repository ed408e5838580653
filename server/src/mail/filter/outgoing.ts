import { createHash } from 'node:crypto';
import type { ResolvedAddress } from '../ports.ts';
import { newRef, type Transfer } from '../queue/index.ts';
import type { PlanContext } from './context.ts';

/** A message that the rules send: from nobody, so that nothing answers it. */
export async function systemTransfer(
  context: PlanContext,
  mail: { to: string; bytes: Buffer; key: string },
): Promise<Transfer | undefined> {
  const { parts, db } = context;
  const target = await parts.addressBook.resolve(db, mail.to);
  if (target.kind === 'unknown' || (target.kind === 'account' && target.state !== 'active')) return undefined;
  const writer = parts.store.newBody();
  await writer.write(mail.bytes);
  return {
    ...bare(context, mail.to, target, mail.key, 'NEVER'),
    origin: 'system',
    sender: '',
    body: await writer.finish(),
    smtputf8: /[^\x00-\x7f]/.test(mail.to),
    eightBit: true,
  };
}

/** What every message of the rules has in common. */
export function bare(
  context: PlanContext,
  to: string,
  target: ResolvedAddress,
  key: string,
  notify: 'NEVER' | undefined,
): Omit<Transfer, 'origin' | 'sender' | 'body' | 'smtputf8' | 'eightBit'> {
  return {
    ref: newRef(),
    accountId: undefined,
    recipients: [
      {
        address: to,
        accountId: target.kind === 'account' ? target.accountId : undefined,
        shared: target.kind === 'account' && target.accountKind === 'unit',
        ...(target.kind === 'list' ? { listId: target.listId } : {}),
        notify,
        orcpt: undefined,
      },
    ],
    ret: undefined,
    envid: undefined,
    sessionId: undefined,
    remote: context.message.remote,
    helo: undefined,
    tls: undefined,
    // Planned twice (two processes, a second try), sent once.
    key: createHash('sha256').update(`${context.recipient.accountId} ${key}`).digest('base64url'),
    deferLocal: true,
  };
}
