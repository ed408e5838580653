import type { MailSettings } from '@hongyan/contract';
import { addFooter, type Footer, MAX_FOOTED } from '../protocol/mime/index.ts';
import type { BodyWriter } from '../store/index.ts';

/** The footer that a message to these recipients gets; undefined = none. A foreign recipient is neither an account nor a list of ours. */
export function footerFor(
  settings: MailSettings['footer'],
  recipients: readonly { accountId: number | undefined; listId?: number | undefined }[],
): Footer | undefined {
  if (settings.scope === 'off') return undefined;
  if (settings.scope === 'outside' && recipients.every((one) => one.accountId !== undefined))
    return undefined;
  return settings;
}

/** Writes a submitted message (after its rewritten header) on to `writer`, with the footer; without one it only passes on. */
export function createFooterWriter(writer: Pick<BodyWriter, 'write'>, footer: Footer | undefined) {
  let held: Buffer[] | undefined = footer && [];
  let octets = 0;
  let added = 0;
  return {
    /** Octets that the footer added. */
    get added() {
      return added;
    },
    async write(chunk: Buffer): Promise<void> {
      if (!held) {
        await writer.write(chunk);
        return;
      }
      // The caller may use its buffer again.
      held.push(Buffer.from(chunk));
      octets += chunk.length;
      if (octets <= MAX_FOOTED) return;
      const pieces = held;
      held = undefined;
      for (const piece of pieces) await writer.write(piece);
    },
    async end(): Promise<void> {
      if (!held || !footer) return;
      const message = Buffer.concat(held);
      held = undefined;
      const footed = addFooter(message, footer);
      added = footed.length - message.length;
      if (footed.length > 0) await writer.write(footed);
    },
  };
}

export type FooterWriter = ReturnType<typeof createFooterWriter>;
