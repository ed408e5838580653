import { arc, dkimVerify } from 'mailauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import { createDnsResolver } from '../../src/kit/dns/index.ts';
import { nodeResolve } from '../../src/mail/checks/index.ts';
import type { RemoteTransport } from '../../src/mail/index.ts';
import { createSigner, findKeys, recordName, recordText } from '../../src/mail/trust/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type MailFixture, mailFixture, testAddressBook } from './mail-fixture.ts';

let dns: FakeDns;
let fixture: MailFixture;
const sent: { to: string[]; text: Buffer; size: number }[] = [];
const transport: RemoteTransport = {
  async send(job) {
    const pieces: Buffer[] = [];
    for await (const piece of job.open()) pieces.push(piece);
    sent.push({ to: job.recipients.map((one) => one.address), text: Buffer.concat(pieces), size: job.size });
    return job.recipients.map(() => ({
      kind: 'relayed',
      status: '2.0.0',
      reply: 'ok',
      remote: 'mx',
      dsn: false,
    }));
  },
};

beforeAll(async () => {
  dns = await fakeDns();
  fixture = await mailFixture({ dns: dns.address, transport });
});
afterAll(async () => {
  await fixture.close();
  await dns.close();
});

const keys = () => findKeys(fixture.database.db);

async function publish(): Promise<void> {
  for (const key of await keys())
    dns.set({ [recordName(key)]: [{ type: 'TXT', text: recordText(key), ttl: 1 }] });
}

async function submit(text: string): Promise<Buffer> {
  const result = await fixture.mail.submit({
    accountId: 1,
    sender: 'zhangwei@beichen.test',
    recipients: [{ address: 'x@elsewhere.test' }],
    message: (async function* () {
      yield Buffer.from(text.replace(/\n/g, '\r\n'));
    })(),
  });
  if (!result.ok) throw new Error(result.text);
  await fixture.mail.queue.drain();
  const last = sent.at(-1);
  expect(last?.size).toBe(last?.text.length);
  return last?.text ?? Buffer.alloc(0);
}

async function verify(text: Buffer | string): Promise<string[]> {
  const result = await dkimVerify(text, {
    resolver: nodeResolve(createDnsResolver({ server: dns.address })),
  });
  return result.results.map((row) => `${row.algo} ${row.status.result}`);
}

const LETTER = 'From: 张伟 <zhangwei@beichen.test>\nTo: x@elsewhere.test\nSubject: a  folded\n\tsubject\n\n';

describe('signing of what leaves', () => {
  it('[MAIL-2] a new key signs only once DNS shows it; its secret is not in the database in clear', async () => {
    await transaction(fixture.database.db, (tx) => fixture.mail.dkim.plan(tx, 'beichen.test'));
    await fixture.mail.dkim.rotate(0);
    expect((await keys()).map((key) => key.state)).toEqual(['planned', 'planned']);
    expect((await submit(`${LETTER}one\n`)).toString()).not.toContain('DKIM-Signature');
    expect(Buffer.concat((await keys()).map((key) => key.private_key)).toString('latin1')).not.toContain(
      'PRIVATE',
    );
    await publish();
    // The negative answer is kept for a minute: another process would look anew.
    const fresh = await fixture.again();
    await fresh.dkim.rotate(0);
    expect((await keys()).map((key) => key.state)).toEqual(['active', 'active']);
  });

  it('[MAIL-2] RSA and Ed25519 signatures verify elsewhere, for bodies of every shape', async () => {
    for (const body of [
      'text\n',
      '',
      '\n\n\n',
      'no end',
      ' spaces  and\t tabs \n\n x\n\n\n',
      `${'长'.repeat(40_000)}\n`,
    ]) {
      const text = await submit(LETTER + body);
      expect(await verify(text)).toEqual(['rsa-sha256 pass', 'ed25519-sha256 pass']);
      expect(text.toString()).not.toMatch(/; l=/);
    }
  });

  it('[MAIL-2] no header field can be added or changed afterwards', async () => {
    const text = (await submit(`${LETTER}body\n`)).toString();
    const at = text.indexOf('Received:');
    for (const changed of [
      text.replace('a  folded', 'another'),
      `${text.slice(0, at)}Subject: added\r\n${text.slice(at)}`,
      `${text.slice(0, at)}Reply-To: evil@elsewhere.test\r\n${text.slice(at)}`,
      text.replace('body', 'Body'),
    ])
      expect((await verify(changed)).join()).not.toContain('pass');
  });

  it('[MAIL-2] signs bounces and system mail, never what is from another domain', async () => {
    await transaction(fixture.database.db, (tx) =>
      fixture.mail.sendSystemMail(tx, { to: 'y@elsewhere.test', subject: '通知', text: '正文', key: 'k1' }),
    );
    await fixture.mail.queue.drain();
    expect(await verify(sent.at(-1)?.text ?? '')).toEqual(['rsa-sha256 pass', 'ed25519-sha256 pass']);
  });

  it('[MAIL-2] rotation: the successor is planned in time, takes over when published, the old key goes later', async () => {
    fixture.clock.travel(200 * 86_400_000);
    await fixture.mail.dkim.rotate(180);
    const states = async () =>
      (await keys()).filter((key) => key.algorithm === 'rsa').map((key) => key.state);
    expect(await states()).toEqual(['planned', 'active']);
    await fixture.mail.dkim.rotate(180);
    expect(await states()).toEqual(['planned', 'active']);
    await publish();
    const fresh = await fixture.again();
    await fresh.dkim.rotate(180);
    expect(await states()).toEqual(['active', 'retiring']);
    fixture.clock.travel(15 * 86_400_000);
    await fresh.dkim.rotate(0);
    expect(await states()).toEqual(['active', 'retired']);
    expect((await keys()).find((key) => key.state === 'retired')?.private_key.length).toBe(0);
  });
});

describe('passing on what others have sent', () => {
  it('[MAIL-2] puts an ARC set with our results on top, which verifies', async () => {
    const { db } = fixture.database;
    const signer = createSigner({
      db,
      addressBook: testAddressBook([]),
      settings: fixture.mail.settings,
      keys: fixture.mail.dkim,
      clock: fixture.clock,
      log: fixture.log,
      hostname: 'mail.beichen.test',
    });
    const text =
      'Authentication-Results: mail.beichen.test;\r\n\tspf=pass smtp.mailfrom=a@other.test;\r\n\tdmarc=pass header.from=other.test\r\nFrom: a@other.test\r\nSubject: x\r\n\r\nbody\r\n';
    const open = (whole: string) =>
      async function* () {
        yield Buffer.from(whole);
      };
    const prefix = (await signer.prefix(open(text))).toString();
    expect(prefix).toMatch(/ARC-Seal: i=1;[\s\S]*cv=none/);
    expect(prefix).toMatch(/ARC-Authentication-Results: i=1;\s*mail\.beichen\.test;[\s\S]*dmarc=pass/);
    const resolver = nodeResolve(createDnsResolver({ server: dns.address }));
    const read = await dkimVerify(prefix + text, { resolver });
    const chain = read.arc && { ...read.arc, chain: read.arc.chain || [] };
    expect(chain && (await arc(chain, { resolver })).status.result).toBe('pass');
    const unknown = text.replace('mail.beichen.test;', 'other.test;');
    expect((await signer.prefix(open(unknown))).length).toBe(0);
  });
});
