import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { type DKIMVerifyResult, dkimVerify } from 'mailauth';
import type { DnsResolver } from '../../kit/dns/index.ts';
import { createFastVerifier } from './dkim-verify.ts';
import { nodeResolve } from './dns-adapter.ts';
import { fieldsOf } from './results-header.ts';

export interface SignatureResult {
  /** RFC 8601 §2.7.1. */
  result: 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror' | 'none';
  domain: string;
  selector: string;
  /** As it stands in Authentication-Results. */
  info: string;
}

export interface Signatures {
  dkim: SignatureResult[];
  /** The ARC sets, when there are any (RFC 8617). */
  arc: DKIMVerifyResult['arc'];
}

/** Reads the signatures of one message while it streams by: no second pass over its bytes. */
export interface SignatureWatch {
  write(chunk: Buffer): Promise<void>;
  /** All of the message has come; undefined when it bears no signature. */
  finish(): Promise<Signatures | undefined>;
  abort(): void;
}

/** Each signature costs a look-up and a public-key operation; RFC 6376 §6.1 lets us stop. */
const MAX_SIGNATURES = 8;
const SIGNED = /^(?:dkim-signature|arc-seal)[ \t]*:/im;

/** `header` is the block before its empty line, as the client sent it. */
export function watchSignatures(header: Buffer, dns: DnsResolver, now: Date): SignatureWatch {
  if (!SIGNED.test(header.toString('latin1'))) return NOTHING;
  const kept = bounded(header);
  const fast = createFastVerifier(kept, dns, now);
  if (!fast) return watchCompletely(kept, dns, now);
  return {
    write: async (chunk) => fast.update(chunk),
    finish: async () => ({ dkim: await fast.finish(), arc: undefined }),
    abort: () => undefined,
  };
}

/** The complete verifier: every kind of signature, and ARC. */
export function watchCompletely(header: Buffer, dns: DnsResolver, now: Date): SignatureWatch {
  const stream = new PassThrough();
  const result = dkimVerify(stream, { resolver: nodeResolve(dns), rejectRsaSha1: true, curTime: now });
  // Awaited at the end; a failure before that must not count as unhandled.
  result.catch(() => stream.resume());
  stream.write(header);
  return {
    async write(chunk) {
      if (!stream.write(chunk)) await once(stream, 'drain');
    },
    async finish() {
      stream.end();
      const { results, arc } = await result;
      return {
        dkim: results.map((row) => ({
          result: resultOf(row.status.result),
          domain: row.signingDomain ?? '',
          selector: row.selector ?? '',
          info: row.info,
        })),
        arc,
      };
    },
    abort() {
      stream.destroy();
      result.catch(() => undefined);
    },
  };
}

function resultOf(text: string): SignatureResult['result'] {
  return RESULTS.find((known) => known === text) ?? 'neutral';
}

const RESULTS = ['pass', 'fail', 'neutral', 'policy', 'temperror', 'permerror', 'none'] as const;

const NOTHING: SignatureWatch = {
  write: async () => undefined,
  finish: async () => undefined,
  abort: () => undefined,
};

/** The header without signatures beyond the bound. */
function bounded(header: Buffer): Buffer {
  let count = 0;
  const kept: Buffer[] = [];
  for (const field of fieldsOf(header)) {
    const signature = /^dkim-signature[ \t]*:/i.test(field.toString('latin1', 0, 40));
    if (signature && ++count > MAX_SIGNATURES) continue;
    kept.push(field);
  }
  return Buffer.concat(kept);
}
