import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { type DKIMVerifyResult, dkimVerify } from 'mailauth';
import type { NodeResolve } from './dns-adapter.ts';
import { fieldsOf } from './results-header.ts';

/** Reads the signatures of one message while it streams by: no second pass over its bytes. */
export interface SignatureWatch {
  write(chunk: Buffer): Promise<void>;
  /** All of the message has come; undefined when it bears no signature. */
  finish(): Promise<DKIMVerifyResult | undefined>;
  abort(): void;
}

/** Each signature costs a look-up and a public-key operation; RFC 6376 §6.1 lets us stop. */
const MAX_SIGNATURES = 8;
const SIGNED = /^(?:dkim-signature|arc-seal)[ \t]*:/im;

/** `header` is the block before its empty line, as the client sent it. */
export function watchSignatures(header: Buffer, resolve: NodeResolve, now: Date): SignatureWatch {
  if (!SIGNED.test(header.toString('latin1'))) return NOTHING;
  const stream = new PassThrough();
  const result = dkimVerify(stream, { resolver: resolve, rejectRsaSha1: true, curTime: now });
  // Awaited at the end; a failure before that must not count as unhandled.
  result.catch(() => stream.resume());
  stream.write(bounded(header));
  return {
    async write(chunk) {
      if (!stream.write(chunk)) await once(stream, 'drain');
    },
    async finish() {
      stream.end();
      return result;
    },
    abort() {
      stream.destroy();
      result.catch(() => undefined);
    },
  };
}

const NOTHING: SignatureWatch = {
  write: async () => undefined,
  finish: async () => undefined,
  abort: () => undefined,
};

/** Drops signatures beyond the bound, and rests that other checks never see. */
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
