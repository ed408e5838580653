import type { Logger } from '../../kit/log/index.ts';
import type { CheckVerdict } from './basic.ts';
import { scanForVirus } from './clamav.ts';
import type { InboundMessage } from './inbound.ts';
import { askRspamd } from './rspamd.ts';

export interface ScanParts {
  log: Logger;
  read(body: InboundMessage['body']): AsyncIterable<Buffer>;
}

const PASS: CheckVerdict = { kind: 'pass' };

/** Viruses, by ClamAV; also in what our own people send. */
export async function checkVirus(message: InboundMessage, { log, read }: ScanParts): Promise<CheckVerdict> {
  const { scanners } = message.settings;
  if (!scanners.clamav) return PASS;
  try {
    const verdict = await scanForVirus(
      scanners.clamavAddress,
      read(message.body),
      scanners.timeoutSeconds * 1_000,
    );
    if (verdict.kind === 'too_large')
      log.warn({ size: message.body.size }, 'a message is too large for ClamAV');
    if (verdict.kind !== 'virus') return PASS;
    if (message.own || scanners.virus === 'reject')
      return {
        kind: 'reject',
        code: 550,
        status: '5.7.1',
        text: `The message contains a virus (${verdict.name})`,
      };
    message.findings.hold = { reason: 'virus', detail: verdict.name };
    return PASS;
  } catch (error) {
    log.warn({ err: error }, 'ClamAV is away');
    return away(scanners.whenAway);
  }
}

/** Spam, by rspamd. */
export async function checkSpam(message: InboundMessage, { log, read }: ScanParts): Promise<CheckVerdict> {
  const { scanners } = message.settings;
  if (!scanners.rspamd) return PASS;
  try {
    const verdict = await askRspamd({
      url: scanners.rspamdUrl,
      message: () => read(message.body),
      size: message.body.size,
      address: message.client.address,
      helo: message.client.helo,
      sender: message.sender,
      recipients: message.recipients,
      ref: message.ref,
      timeoutMs: scanners.timeoutSeconds * 1_000,
    });
    const score = `${verdict.score.toFixed(2)} / ${verdict.required.toFixed(2)}`;
    const { header } = message.findings;
    header.push(
      `X-Spam-Score: ${score}\r\n`,
      ...verdict.fields.map(([name, value]) => `${name}: ${value}\r\n`),
    );
    if (verdict.action === 'junk') {
      message.findings.junk = true;
      message.findings.detail ??= `rspamd ${score}: ${verdict.symbols.join(', ')}`.slice(0, 500);
    }
    if (verdict.action === 'reject')
      return { kind: 'reject', code: 550, status: '5.7.1', text: verdict.text ?? 'This looks like spam' };
    if (verdict.action === 'defer')
      return { kind: 'defer', code: 451, status: '4.7.1', text: verdict.text ?? 'Try again later' };
    return PASS;
  } catch (error) {
    log.warn({ err: error }, 'rspamd is away');
    return away(scanners.whenAway);
  }
}

function away(policy: 'accept' | 'defer'): CheckVerdict {
  return policy === 'accept'
    ? PASS
    : { kind: 'defer', code: 451, status: '4.7.1', text: 'A check is not available, try again later' };
}
