import { createHash, verify as verifyBytes } from 'node:crypto';
import type { DnsResolver } from '../../kit/dns/index.ts';
import {
  type BodyHash,
  createBodyHash,
  createSimpleBodyHash,
  fieldName,
  parseKeyRecord,
  parseSignature,
  relaxedField,
  type Signature,
  splitFields,
} from '../protocol/dkim/index.ts';
import { publicKeyOf } from './dkim-keys.ts';
import type { SignatureResult } from './signatures.ts';

const WELL_FORMED = /^(?:[!-9;-~]+[ \t]*:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)*$/;

type Outcome = { result: SignatureResult['result']; comment?: string };

export interface FastVerifier {
  update(chunk: Buffer): void;
  finish(): Promise<SignatureResult[]>;
}

/**
 * Verifies signatures of the usual kind while the message streams by: keys are kept, the public-key operation runs off
 * the main thread. Undefined when one of them is of another kind (or there is an ARC set): those go to mailauth.
 */
export function createFastVerifier(header: Buffer, dns: DnsResolver, now: Date): FastVerifier | undefined {
  const block = header.toString('latin1');
  // Lines that are no fields, and ends that are none: what a reader makes of them is not ours to guess.
  if (!WELL_FORMED.test(block)) return undefined;
  const fields = splitFields(block);
  const signatures: { signature: Signature; index: number }[] = [];
  for (const [index, field] of fields.entries()) {
    const name = fieldName(field);
    if (name.startsWith('arc-')) return undefined;
    if (name !== 'dkim-signature') continue;
    const signature = parseSignature(field, Math.floor(now.getTime() / 1_000));
    if (!signature) return undefined;
    signatures.push({ signature, index });
  }
  const hashes = new Map<Signature['body'], BodyHash>();
  for (const { signature } of signatures) {
    if (hashes.has(signature.body)) continue;
    hashes.set(signature.body, signature.body === 'relaxed' ? createBodyHash() : createSimpleBodyHash());
  }
  // The line that closes the header comes with the first piece of the body.
  let skip = 2;
  return {
    update(chunk) {
      const body = skip > 0 ? chunk.subarray(skip) : chunk;
      skip = Math.max(0, skip - chunk.length);
      for (const hash of hashes.values()) hash.update(body);
    },
    async finish() {
      const bodies = new Map([...hashes].map(([kind, hash]) => [kind, hash.digest()]));
      return Promise.all(
        signatures.map(async ({ signature, index }) => {
          const outcome = await judge(signature, fields, index, bodies.get(signature.body) ?? '', dns);
          return present(signature, outcome);
        }),
      );
    },
  };
}

async function judge(
  signature: Signature,
  fields: readonly string[],
  own: number,
  bodyHash: string,
  dns: DnsResolver,
): Promise<Outcome> {
  const answer = await dns.lookup(`${signature.selector}._domainkey.${signature.domain}`, 'TXT');
  if (answer.kind === 'trouble') return { result: 'temperror', comment: 'no key now' };
  if (answer.kind !== 'found') return { result: 'neutral', comment: 'no key' };
  const [record] = answer.records.flatMap((one) => {
    const read =
      one.kind === 'txt' ? parseKeyRecord(Buffer.concat(one.strings).toString('latin1')) : undefined;
    return read ? [read] : [];
  });
  if (!record) return { result: 'neutral', comment: 'no key' };
  if (record.key === '') return { result: 'neutral', comment: 'key revoked' };
  if (record.algorithm !== signature.algorithm || !record.sha256 || !record.forMail)
    return { result: 'neutral', comment: 'key is for something else' };
  if (record.strict && signature.subdomain) return { result: 'neutral', comment: 'identity in a subdomain' };
  const key = publicKeyOf(signature.algorithm, record.key);
  if (key === 'malformed') return { result: 'neutral', comment: 'key is malformed' };
  if (key === 'weak') return { result: 'policy', comment: 'weak key' };
  if (bodyHash !== signature.bodyHash) return { result: 'fail', comment: 'body hash did not verify' };
  const bytes = Buffer.from(
    `${select(fields, own, signature.fields)}${relaxedField(signature.unsigned)}`,
    'latin1',
  );
  // Ed25519 signs the hash of what RSA signs (RFC 8463 §3).
  const [how, data] =
    signature.algorithm === 'rsa'
      ? (['sha256', bytes] as const)
      : ([undefined, createHash('sha256').update(bytes).digest()] as const);
  const good = await new Promise<boolean>((resolve) =>
    verifyBytes(how, data, key, signature.signature, (error, result) => resolve(!error && result)),
  );
  return good ? { result: 'pass' } : { result: 'fail', comment: 'bad signature' };
}

/** The signed fields, the last one of a name first (RFC 6376 §5.4.2); a signature does not sign itself this way. */
function select(fields: readonly string[], own: number, names: readonly string[]): string {
  const wanted = new Set(names);
  const byName = new Map<string, string[]>();
  for (const [index, field] of fields.entries()) {
    const name = fieldName(field);
    if (index === own || !wanted.has(name)) continue;
    byName.set(name, [...(byName.get(name) ?? []), field]);
  }
  let text = '';
  for (const name of names) {
    const field = byName.get(name)?.pop();
    if (field !== undefined) text += `${relaxedField(field)}\r\n`;
  }
  return text;
}

function present(signature: Signature, { result, comment }: Outcome): SignatureResult {
  const said = comment === undefined ? '' : ` (${comment})`;
  const { domain, selector, algorithm, mark } = signature;
  return {
    result,
    domain,
    selector,
    info: `dkim=${result}${said} header.d=${domain} header.s=${selector} header.a=${algorithm}-sha256 header.b="${mark}"`,
  };
}
