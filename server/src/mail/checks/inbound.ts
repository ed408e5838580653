import type { MailSettings } from '@hongyan/contract';
import type { Clock } from '../../kit/clock/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { parseHeader } from '../protocol/mime/index.ts';
import type { Settings } from '../settings/index.ts';
import type { StoredBody } from '../store/index.ts';
import { authenticate, type DmarcObservation } from './authenticate.ts';
import type { CheckVerdict } from './basic.ts';
import { type ClientIdentity, clientBehindRelays } from './client.ts';
import { nodeResolve } from './dns-adapter.ts';
import { checkSpam, checkVirus } from './scan.ts';
import { type Signatures, type SignatureWatch, watchSignatures } from './signatures.ts';

/** What the steps have found so far; goes into the transfer. */
export interface Findings {
  /** Header fields of ours with CRLF, the first one on top. */
  header: string[];
  junk: boolean;
  authenticated: boolean;
  /** Why it is to be held instead of delivered. */
  hold: { reason: 'spam' | 'virus'; detail: string } | undefined;
  /** Why it counts as junk. */
  detail: string | undefined;
}

export interface InboundMessage {
  /** Number of the transfer. */
  ref: string;
  client: ClientIdentity;
  /** Handed over by a server of ours: who sent it stands in its Received field. */
  relayed: boolean;
  /** Submitted by our own people. */
  own: boolean;
  /** Envelope sender, empty for bounces. */
  sender: string;
  recipients: readonly string[];
  body: StoredBody;
  signatures: Signatures | undefined;
  settings: MailSettings;
  findings: Findings;
}

export interface InboundParts {
  dns: DnsResolver;
  settings: Settings;
  clock: Clock;
  log: Logger;
  /** Our name: the authserv-id. */
  hostname: string;
  /** The bytes of a body that has just come. */
  read(body: StoredBody): AsyncIterable<Buffer>;
  /** Told once a message was judged; must return at once. */
  observe?: (observation: DmarcObservation) => void;
}

export interface InboundChecks {
  settings(): Promise<MailSettings>;
  /** `header` as the client sent it, before its empty line. */
  watch(header: Buffer): SignatureWatch;
  authenticate(message: InboundMessage): Promise<CheckVerdict>;
  virus(message: InboundMessage): Promise<CheckVerdict>;
  spam(message: InboundMessage): Promise<CheckVerdict>;
}

export function newFindings(): Findings {
  return { header: [], junk: false, authenticated: false, hold: undefined, detail: undefined };
}

/** The steps of the inbound path that need something from outside: names, settings, other programs. */
export function createInboundChecks(parts: InboundParts): InboundChecks {
  const resolve = nodeResolve(parts.dns);
  return {
    settings: () => parts.settings.all(),
    virus: (message) => checkVirus(message, parts),
    spam: (message) => checkSpam(message, parts),
    watch: (header) => watchSignatures(header, parts.dns, parts.clock.now()),
    async authenticate(message) {
      const { body, findings } = message;
      const settings = message.settings.authentication;
      if (!settings.enabled) return { kind: 'pass' };
      const { parsed } = body;
      const result = await authenticate(
        {
          client: clientBehindRelays(parsed.header, message, settings.trustedRelays),
          sender: message.sender,
          from: parsed.envelope.from,
          fromFields: countFrom(parsed.header),
          signatures: message.signatures,
        },
        { settings, hostname: parts.hostname, resolve },
      );
      findings.header.push(result.field);
      findings.authenticated = result.authenticated;
      if (result.junk) {
        findings.junk = true;
        findings.detail ??= 'DMARC';
      }
      if (result.report) parts.observe?.(result.report);
      return result.verdict;
    },
  };
}

function countFrom(header: Buffer): number {
  return parseHeader(header).filter((field) => field.name === 'from').length;
}
