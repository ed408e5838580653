import { Resolver } from 'node:dns/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDnsResolver, decodeAnswer } from '../../src/kit/dns/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';

let dns: FakeDns;
beforeAll(async () => {
  dns = await fakeDns({
    'a.test': [
      { type: 'A', address: '192.0.2.7', ttl: 60 },
      { type: 'AAAA', address: '2001:db8::7' },
      { type: 'MX', priority: 5, exchange: 'mx.a.test' },
      { type: 'TXT', text: 'v=spf1 -all' },
    ],
    'alias.test': [{ type: 'CNAME', name: 'a.test', ttl: 10 }],
    'long.test': [{ type: 'TXT', text: 'x'.repeat(3_000) }],
    '_25._tcp.mx.a.test': [{ type: 'TLSA', usage: 3, selector: 1, matching: 1, data: Buffer.alloc(32, 1) }],
    'slow.test': [{ type: 'A', address: '192.0.2.1' }],
  });
});
afterAll(() => dns.close());

describe('name look-ups', () => {
  it('read A, AAAA, MX, TXT, TLSA and aliases, and agree with the system library', async () => {
    const resolver = createDnsResolver({ server: dns.address });
    const system = new Resolver();
    system.setServers([dns.address]);
    expect(await resolver.lookup('a.test', 'A')).toEqual({
      kind: 'found',
      records: [{ kind: 'address', address: '192.0.2.7' }],
      ttl: 60,
      authentic: false,
    });
    expect(await system.resolve4('a.test')).toEqual(['192.0.2.7']);
    expect(await resolver.lookup('a.test', 'AAAA')).toMatchObject({ records: [{ address: '2001:db8::7' }] });
    expect(await system.resolve6('a.test')).toEqual(['2001:db8::7']);
    expect(await resolver.lookup('A.TEST', 'MX')).toMatchObject({
      records: [{ priority: 5, exchange: 'mx.a.test' }],
    });
    expect(await system.resolveTxt('a.test')).toEqual([['v=spf1 -all']]);
    expect(await resolver.lookup('alias.test', 'A')).toMatchObject({
      ttl: 10,
      records: [{ address: '192.0.2.7' }],
    });
    expect(await resolver.lookup('_25._tcp.mx.a.test', 'TLSA')).toMatchObject({
      records: [{ usage: 3, selector: 1, matching: 1 }],
    });
  });

  it('go to TCP for an answer that does not fit', async () => {
    const result = await createDnsResolver({ server: dns.address }).lookup('long.test', 'TXT');
    const [record] = result.kind === 'found' ? result.records : [];
    expect(record?.kind === 'txt' && Buffer.concat(record.strings).length).toBe(3_000);
  });

  it('are kept for their TTL, negative ones too, and asked once when many ask at a time', async () => {
    let now = 0;
    const resolver = createDnsResolver({ server: dns.address, now: () => now });
    dns.asked.length = 0;
    const names = ['a.test', 'missing.test'];
    await Promise.all(
      Array.from({ length: 20 }, () => names.map((name) => resolver.lookup(name, 'A'))).flat(),
    );
    expect(dns.asked.sort()).toEqual(['A a.test', 'A missing.test']);
    expect((await resolver.lookup('missing.test', 'A')).kind).toBe('missing');
    expect((await resolver.lookup('a.test', 'PTR')).kind).toBe('none');
    now = 59_000;
    await resolver.lookup('a.test', 'A');
    expect(dns.asked).toHaveLength(3);
    now = 61_000;
    await Promise.all(names.map((name) => resolver.lookup(name, 'A')));
    expect(dns.asked).toHaveLength(5);
  });

  it('say trouble for SERVFAIL, silence and a closed port, and do not make the next one wait', async () => {
    dns.break('slow.test', 'servfail');
    const resolver = createDnsResolver({ server: dns.address, tryMs: 50 });
    expect((await resolver.lookup('slow.test', 'A')).kind).toBe('trouble');
    expect((await resolver.lookup('a.test', 'A')).kind).toBe('found');
    dns.break('slow.test', 'silent');
    expect((await resolver.lookup('slow.test', 'AAAA')).kind).toBe('trouble');
    expect((await resolver.lookup('long.test', 'A')).kind).toBe('none');
    for (const type of ['MX', 'PTR', 'TXT'] as const)
      expect((await resolver.lookup('slow.test', type)).kind).toBe('trouble');
    dns.asked.length = 0;
    expect((await resolver.lookup('other.test', 'AAAA')).kind).toBe('trouble');
    expect(dns.asked).toEqual([]);
    expect((await createDnsResolver({ server: '127.0.0.1:1' }).lookup('a.test', 'A')).kind).toBe('trouble');
    expect((await createDnsResolver({ server: 'none' }).lookup('a.test', 'A')).kind).toBe('trouble');
    expect(
      (await createDnsResolver({ server: dns.address }).lookup(`${'x'.repeat(70)}.test`, 'A')).kind,
    ).toBe('missing');
  });

  it('tell whether the resolver has validated', async () => {
    dns.authentic = true;
    expect(await createDnsResolver({ server: dns.address }).lookup('a.test', 'A')).toMatchObject({
      authentic: true,
    });
    dns.authentic = false;
  });

  it('never break on octets that are no answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeAnswer(Buffer.from(bytes));
      }),
    );
    // Two pointers at each other.
    const circle = Buffer.from('000081800001000100000000c00c00010001c00c00010001000000000004c0a80001', 'hex');
    expect(decodeAnswer(circle)).toBeUndefined();
  });
});
