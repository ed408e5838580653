import type { DomainCheck, DomainRecords } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';

let dns: FakeDns;
let test: TestApp;
beforeAll(async () => {
  dns = await fakeDns();
  test = await startApp({ env: { HONGYAN_DNS: dns.address } });
  const chen = await test.as('chenjing');
  await chen.put('/console/mail-settings/clients', {
    host: 'mail.beichen.test',
    secondHost: 'mx2.beichen.test',
    imapsPort: 993,
    imapPort: 0,
    pop3sPort: 995,
    pop3Port: 0,
    submissionsPort: 465,
    submissionPort: 587,
    legacySmtpsPort: 0,
    sievePort: 0,
  });
  await chen.post('/console/dkim', { domain: 'beichen.test' });
}, 120_000);
afterAll(async () => {
  await test.close();
  await dns.close();
});

const records = async () =>
  (await (await test.as('chenjing')).get<DomainRecords>('/console/domains/beichen.test/records')).body;
const check = async () =>
  (await (await test.as('chenjing')).post<DomainCheck>('/console/domains/beichen.test/check')).body.findings;

describe('opening mail for a domain', () => {
  it('[ADM-12] names every record to set: two MX, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, names and SRV', async () => {
    const { records: wanted, zone } = await records();
    const short = wanted.map((record) => `${record.type} ${record.name} ${record.priority ?? ''}`.trim());
    expect(short).toEqual(
      expect.arrayContaining([
        'MX beichen.test 10',
        'MX beichen.test 50',
        'TXT beichen.test',
        'TXT _dmarc.beichen.test',
        'TXT _mta-sts.beichen.test',
        'TXT _smtp._tls.beichen.test',
        'CNAME autoconfig.beichen.test',
        'CNAME autodiscover.beichen.test',
        'SRV _imaps._tcp.beichen.test 0',
        'SRV _submissions._tcp.beichen.test 0',
      ]),
    );
    expect(wanted.filter((record) => record.purpose === 'dkim').length).toBe(2);
    expect(wanted.find((record) => record.purpose === 'spf')?.value).toMatch(/-all$/);
    expect(zone).toContain('beichen.test. 3600 IN MX 10 mail.beichen.test.\n');
    expect(zone).toContain('_imaps._tcp.beichen.test. 3600 IN SRV 0 1 993 mail.beichen.test.\n');
    // Character strings hold 255 octets each.
    for (const piece of zone.matchAll(/"([^"]*)"/g)) expect(piece[1]?.length).toBeLessThanOrEqual(255);
  });

  it('[ADM-12] looks into DNS and says of each record whether it is right, missing, weak or wrong', async () => {
    const { records: wanted } = await records();
    const before = await check();
    expect(before.every((finding) => finding.state === 'missing')).toBe(true);
    const dkim = wanted.find((record) => record.purpose === 'dkim');
    dns.set({
      'beichen.test': [
        { type: 'MX', priority: 10, exchange: 'mail.beichen.test' },
        { type: 'MX', priority: 20, exchange: 'mx2.beichen.test' },
        { type: 'TXT', text: 'v=spf1 mx ~all' },
      ],
      'mail.beichen.test': [{ type: 'A', address: '192.0.2.1' }],
      [dkim?.name ?? '']: [{ type: 'TXT', text: (dkim?.value ?? '').replace(/p=..../, 'p=XXXX') }],
      '_dmarc.beichen.test': [{ type: 'TXT', text: 'v=DMARC1; p=reject' }],
    });
    const after = await check();
    const state = (name: string, type: string, priority?: number) =>
      after[wanted.findIndex((one) => one.name === name && one.type === type && one.priority === priority)]
        ?.state;
    expect(state('beichen.test', 'MX', 10)).toBe('ok');
    expect(state('beichen.test', 'MX', 50)).toBe('weak');
    expect(state('beichen.test', 'TXT')).toBe('weak');
    expect(state('mail.beichen.test', 'A')).toBe('ok');
    expect(state('mx2.beichen.test', 'A')).toBe('missing');
    expect(state(dkim?.name ?? '', 'TXT')).toBe('wrong');
    expect(state('_dmarc.beichen.test', 'TXT')).toBe('ok');
  });

  it('[ADM-12] is for administrators of the institution, and of its own domains only', async () => {
    expect((await (await test.as('zhangwei')).get('/console/domains/beichen.test/records')).status).toBe(403);
    expect((await (await test.as('liqiang')).post('/console/domains/beichen.test/check')).status).toBe(403);
    expect((await (await test.as('chenjing')).get('/console/domains/other.test/records')).status).toBe(404);
  });
});
