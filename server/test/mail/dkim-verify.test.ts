import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { dkimSign } from 'mailauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDnsResolver, type DnsResolver } from '../../src/kit/dns/index.ts';
import { type SignatureWatch, watchCompletely, watchSignatures } from '../../src/mail/checks/index.ts';
import { parseKeyRecord, parseSignature } from '../../src/mail/protocol/dkim/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 768 });
const ed = generateKeyPairSync('ed25519');
const spki = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'der' }).toString('base64');
const P = spki(rsa.publicKey);
const NOW = new Date('2026-11-23T10:00:00Z');

let dns: FakeDns;
let resolver: DnsResolver;
beforeAll(async () => {
  const txt = (text: string) => [{ type: 'TXT' as const, text }];
  dns = await fakeDns({
    'r._domainkey.x.test': txt(`v=DKIM1; k=rsa; p=${P}`),
    'bare._domainkey.x.test': txt(`p=${P}`),
    'pkcs1._domainkey.x.test': txt(
      `v=DKIM1; p=${rsa.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')}`,
    ),
    'e._domainkey.x.test': txt(
      `v=DKIM1; k=ed25519; p=${ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(12).toString('base64')}`,
    ),
    'weak._domainkey.x.test': txt(`v=DKIM1; p=${spki(weak.publicKey)}`),
    'revoked._domainkey.x.test': txt('v=DKIM1; p='),
    'sha1._domainkey.x.test': txt(`v=DKIM1; h=sha1; p=${P}`),
    'other._domainkey.x.test': txt(`v=DKIM1; s=other; p=${P}`),
    'rubbish._domainkey.x.test': txt('v=DKIM1; p=AAAA'),
    'wrong._domainkey.x.test': txt(`v=DKIM1; k=ed25519; p=${P}`),
  });
  resolver = createDnsResolver({ server: dns.address });
});
afterAll(() => dns.close());

async function run(
  watch: (header: Buffer, dns: DnsResolver, now: Date) => SignatureWatch,
  text: string,
  cut: number,
): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  const found = bytes.indexOf('\r\n\r\n');
  const split = found < 0 ? bytes.length : found + 2;
  const one = watch(bytes.subarray(0, split), resolver, NOW);
  const at = Math.min(bytes.length, split + cut);
  await one.write(bytes.subarray(split, at));
  await one.write(bytes.subarray(at));
  // mailauth says `none` where no signature is left.
  const results = ((await one.finish())?.dkim ?? []).filter((row) => row.result !== 'none');
  return results
    .map((row) => (row.result === 'pass' ? 'pass' : row.result === 'temperror' ? 'later' : 'no'))
    .join();
}

async function sign(text: string, selector: string, canonicalization: string): Promise<string> {
  const [privateKey] = [selector === 'e' ? ed : selector === 'weak' ? weak : rsa].map((pair) =>
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const key = {
    signingDomain: 'x.test',
    selector,
    privateKey: privateKey ?? '',
    canonicalization,
    signTime: NOW,
  };
  return (await dkimSign(Buffer.from(text, 'latin1'), { ...key, signatureData: [key] })).signatures + text;
}

const HEAD =
  'From: A <a@x.test>\r\nTo: b@y.test\r\nTo:c@y.test\r\nSubject:  folded\r\n\t subject  \r\nDate: Mon, 23 Nov 2026 10:00:00 +0800\r\nMessage-ID: <1@x>\r\n\r\n';

describe('our own verifier', () => {
  it('[MAIL-1] agrees with mailauth on every kind of body, cut anywhere, whole or damaged', async () => {
    const body = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r\n', '\xff'), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('relaxed/relaxed', 'relaxed/simple'),
        fc.constantFrom('r', 'e'),
        fc.nat(70),
        fc.option(fc.nat(600)),
        async (text, canon, selector, cut, damage) => {
          const whole = await sign(HEAD + text, selector, canon);
          const at = damage === null ? -1 : damage % whole.length;
          const changed = at < 0 ? whole : `${whole.slice(0, at)}Q${whole.slice(at + 1)}`;
          const ours = await run(watchSignatures, changed, cut);
          expect(ours).toBe(await run(watchCompletely, changed, cut));
          if (at < 0) expect(ours).toBe('pass');
        },
      ),
      { numRuns: 1500 },
    );
  }, 60_000);

  it('[MAIL-1] agrees with mailauth on every kind of key', async () => {
    const verdicts = new Map<string, string>();
    for (const selector of [
      'r',
      'bare',
      'pkcs1',
      'e',
      'weak',
      'revoked',
      'sha1',
      'other',
      'rubbish',
      'wrong',
      'missing',
    ]) {
      const text = await sign(`${HEAD}body\r\n`, selector, 'relaxed/relaxed');
      const ours = await run(watchSignatures, text, 3);
      verdicts.set(selector, ours);
      if (selector !== 'other') expect(ours, selector).toBe(await run(watchCompletely, text, 3));
    }
    expect(Object.fromEntries(verdicts)).toEqual({
      r: 'pass',
      bare: 'pass',
      pkcs1: 'pass',
      e: 'pass',
      weak: 'no',
      revoked: 'no',
      sha1: 'no',
      // s=other is for another service than mail (RFC 6376 §3.6.1).
      other: 'no',
      rubbish: 'no',
      wrong: 'no',
      missing: 'no',
    });
  });

  it('[MAIL-1] an added field is seen, and a signature over another domain’s identity proves nothing', async () => {
    const text = await sign(`${HEAD}body\r\n`, 'r', 'relaxed/relaxed');
    const at = text.indexOf('From: ');
    // A second From below is what an unsuspecting reader might show.
    const added = `${text.slice(0, at)}${HEAD.slice(0, -2)}From: evil@z.test\r\n\r\nbody\r\n`;
    expect(await run(watchSignatures, added, 0)).toBe('no');
    expect(await run(watchSignatures, text.replace('d=x.test;', 'd=x.test; i=a@z.test;'), 0)).not.toBe(
      'pass',
    );
  });

  it('what is rare goes to the complete verifier: length limits, simple headers, SHA-1, expiry, odd tags', () => {
    const field = (tags: string) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=x.test; s=r; h=from:to; bh=AAAA; b=AAAA${tags}`;
    expect(parseSignature(field(''), 1_000)).toBeDefined();
    for (const tags of [
      '; l=5',
      '; x=900',
      '; x=abc',
      '; q=http',
      '; d=y.test',
      '; i=@z.test',
      '; t=99999',
      ';;',
    ])
      expect(parseSignature(field(tags), 1_000), tags).toBeUndefined();
    for (const [from, to] of [
      ['c=relaxed/relaxed; ', ''],
      ['c=relaxed/relaxed', 'c=simple/relaxed'],
      ['rsa-sha256', 'rsa-sha1'],
      ['h=from:to', 'h=to'],
      ['d=x.test', 'd=x..test'],
      ['v=1; ', ''],
    ] as const)
      expect(parseSignature(field('').replace(from, to), 1_000), from).toBeUndefined();
  });

  it('never breaks on tags that strangers write', () => {
    const tags = fc.string({
      unit: fc.constantFrom('v', '=', '1', ';', 'b', 'h', 'd', ':', ' ', '\r\n ', 'p', '/'),
    });
    fc.assert(
      fc.property(tags, (text) => {
        parseSignature(`DKIM-Signature:${text}`, 0);
        parseKeyRecord(text);
      }),
    );
  });
});
