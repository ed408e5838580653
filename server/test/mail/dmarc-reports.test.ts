import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

const run = promisify(execFile);
let dns: FakeDns;
beforeAll(async () => {
  dns = await fakeDns({
    'good.test': [{ type: 'TXT', text: 'v=spf1 ip4:127.0.0.1 -all' }],
    '_dmarc.good.test': [
      {
        type: 'TXT',
        text: 'v=DMARC1; p=none; rua=mailto:agg@good.test,mailto:in@collector.test,mailto:no@victim.test',
      },
    ],
    'good.test._report._dmarc.collector.test': [{ type: 'TXT', text: 'v=DMARC1' }],
    'forged.test': [{ type: 'TXT', text: 'v=spf1 -all' }],
    '_dmarc.forged.test': [{ type: 'TXT', text: 'v=DMARC1; p=quarantine; rua=mailto:agg@forged.test' }],
  });
});
afterAll(() => dns.close());

async function send(port: number, from: string, to: string, text: string): Promise<string> {
  const talker = await Talker.open(port);
  await talker.reply();
  await talker.say('EHLO client.test');
  await talker.say(`MAIL FROM:<${from}>`);
  const rcpt = await talker.say(`RCPT TO:<${to}>`);
  if (!rcpt.startsWith('250')) {
    talker.end();
    return rcpt;
  }
  await talker.say('DATA');
  const reply = await talker.say(`${text}\r\n.`);
  talker.end();
  return reply;
}

describe('aggregate reports that we send', () => {
  let fixture: MailFixture;
  const sent: { to: string; text: string }[] = [];
  beforeAll(async () => {
    fixture = await mailFixture({
      dns: dns.address,
      transport: {
        async send(job) {
          const pieces: Buffer[] = [];
          for await (const piece of job.open()) pieces.push(piece);
          for (const { address } of job.recipients)
            sent.push({ to: address, text: Buffer.concat(pieces).toString() });
          return job.recipients.map(() => ({
            kind: 'relayed',
            status: '2.0.0',
            reply: '',
            remote: '',
            dsn: false,
          }));
        },
      },
    });
  });
  afterAll(() => fixture.close());

  it('[MAIL-2] count by source over the day, go out once on the next day to those who may get them, and read elsewhere', async () => {
    const { reports, queue } = fixture.mail;
    for (let index = 0; index < 3; index++)
      await send(fixture.ports.smtp, 'a@good.test', 'u1@beichen.test', `From: a@good.test\r\n\r\n${index}`);
    await send(fixture.ports.smtp, 'a@forged.test', 'u1@beichen.test', 'From: ceo@forged.test\r\n\r\nx');
    await reports.flush();
    expect(await reports.sendDue()).toBe(0);
    fixture.clock.travel(86_400_000);
    expect(await reports.sendDue()).toBe(3);
    expect(await reports.sendDue()).toBe(0);
    await queue.drain();
    expect(sent.map((one) => one.to).sort()).toEqual([
      'agg@forged.test',
      'agg@good.test',
      'in@collector.test',
    ]);
    const mail = sent.find((one) => one.to === 'agg@good.test')?.text ?? '';
    expect(mail).toMatch(/Subject: Report Domain: good\.test Submitter: beichen\.test Report-ID: </);
    expect(mail).toMatch(/filename="beichen\.test!good\.test!\d+!\d+\.xml\.gz"/);
    const script = `
import sys, email, gzip, xml.etree.ElementTree as E
m = email.message_from_bytes(sys.stdin.buffer.read())
part = [p for p in m.walk() if p.get_content_type() == 'application/gzip'][0]
t = E.fromstring(gzip.decompress(part.get_payload(decode=True)))
r = t.findall('record')
print(len(r), r[0].find('row/count').text, r[0].find('row/source_ip').text, r[0].find('row/policy_evaluated/spf').text, r[0].find('auth_results/spf/result').text, t.find('policy_published/p').text)
`;
    const child = run('python3', ['-c', script]);
    child.child.stdin?.end(mail);
    expect((await child).stdout.trim()).toBe('1 3 127.0.0.1 pass pass none');
  });
});

describe('aggregate reports about us', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { HONGYAN_DNS: dns.address } });
  });
  afterAll(() => app.close());

  const xml = (id: string, domain: string) => {
    const begin = Math.floor(app.clock.ms() / 86_400_000) * 86_400 - 86_400;
    return `<feedback><report_metadata><org_name>Big Mail</org_name><email>n@big.test</email><report_id>${id}</report_id><date_range><begin>${begin}</begin><end>${begin + 86_399}</end></date_range></report_metadata><policy_published><domain>${domain}</domain><p>none</p></policy_published><record><row><source_ip>192.0.2.1</source_ip><count>40</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row><identifiers><header_from>${domain}</header_from></identifiers></record><record><row><source_ip>203.0.113.9</source_ip><count>2</count><policy_evaluated><disposition>reject</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>${domain}</header_from></identifiers></record></feedback>`;
  };
  const mail = (bytes: Buffer, type: string) =>
    `From: a@good.test\r\nSubject: Report\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}`;
  const TO = 'dmarc-reports@beichen.test';

  it('[MAIL-2] are taken at dmarc-reports@ as gzip, zip and plain, each once, and shown to administrators only', async () => {
    const { smtp } = app.ports;
    expect(
      await send(smtp, 'a@good.test', TO, mail(gzipSync(xml('1', 'beichen.test')), 'application/gzip')),
    ).toMatch(/^250/);
    expect(
      await send(smtp, 'a@good.test', TO, mail(gzipSync(xml('1', 'beichen.test')), 'application/gzip')),
    ).toMatch(/^250/);
    const { stdout } = await run(
      'python3',
      [
        '-c',
        'import zipfile,io,sys; b=io.BytesIO(); z=zipfile.ZipFile(b,"w",zipfile.ZIP_DEFLATED); z.writestr("r.xml",sys.argv[1]); z.close(); sys.stdout.buffer.write(b.getvalue())',
        xml('2', 'beichen.test'),
      ],
      { encoding: 'buffer' },
    );
    expect(await send(smtp, 'a@good.test', TO, mail(stdout, 'application/zip'))).toMatch(/^250/);
    expect(
      await send(smtp, 'a@good.test', TO, mail(Buffer.from(xml('3', 'beichen.test')), 'text/xml')),
    ).toMatch(/^250/);
    for (const name of ['zhangwei', 'liqiang'])
      expect((await (await app.as(name)).get('/console/dmarc')).status).toBe(403);
    expect((await app.stranger.get('/console/dmarc')).status).toBe(401);
    const admin = await app.as('chenjing');
    const { body } = await admin.get<{
      days: object[];
      sources: object[];
      reports: { organisation: string; messages: number; authenticated: boolean }[];
    }>('/console/dmarc?days=30&domain=beichen.test');
    expect(body.reports).toHaveLength(3);
    expect(body.reports[0]).toMatchObject({ organisation: 'Big Mail', messages: 42, authenticated: true });
    expect(body.days).toEqual([{ day: expect.any(String), both: 120, dkim: 0, spf: 0, none: 6 }]);
    expect(body.sources).toEqual([
      { source: '192.0.2.1', refused: 0, both: 120, dkim: 0, spf: 0, none: 0 },
      { source: '203.0.113.9', refused: 6, both: 0, dkim: 0, spf: 0, none: 6 },
    ]);
  });

  it('bombs, rubbish and reports about strangers are refused with 554, and the address takes nothing else', async () => {
    const { smtp } = app.ports;
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024, 0x20));
    expect(await send(smtp, 'a@good.test', TO, mail(bomb, 'application/gzip'))).toMatch(/^554 5\.6\.0/);
    expect(await send(smtp, 'a@good.test', TO, 'From: a@good.test\r\n\r\nhello')).toMatch(/^554/);
    expect(
      await send(smtp, 'a@good.test', TO, mail(gzipSync(xml('9', 'other.test')), 'application/gzip')),
    ).toMatch(/^554/);
    expect(await send(smtp, 'a@good.test', 'dmarc-reports@elsewhere.test', 'x')).toMatch(/^550 5\.7\.1/);
  });
});
