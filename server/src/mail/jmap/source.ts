import type { Email } from '../store/index.ts';
import type { JmapAccount, JmapDeps } from './context.ts';
import type { PartSource } from './email/parts.ts';

/** The octets of a stored Email; its body is opened at the first read, and only then. */
export function sourceOf(
  { db, store }: Pick<JmapDeps, 'db' | 'store'>,
  account: Pick<JmapAccount, 'scope'>,
  email: Pick<Email, 'messageId' | 'prefixSize'>,
): PartSource {
  let opened: ReturnType<typeof store.open> | undefined;
  return {
    messageId: email.messageId,
    async read(start, end) {
      opened ??= store.open(db, account.scope.accountId, email.messageId);
      const message = await opened;
      return message ? message.bytes(start + email.prefixSize, end + email.prefixSize) : Buffer.alloc(0);
    },
  };
}
