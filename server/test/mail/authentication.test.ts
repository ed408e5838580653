import { generateKeyPairSync } from 'node:crypto';
import { dkimSign, sealMessage } from 'mailauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTravellingClock } from '../../src/kit/clock/index.ts';
import { createDnsResolver } from '../../src/kit/dns/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import {
  type CheckVerdict,
  createInboundChecks,
  type DmarcObservation,
  type Findings,
  newFindings,
} from '../../src/mail/checks/index.ts';
import { parseMessage } from '../../src/mail/protocol/mime/index.ts';
import { readSettings } from '../../src/mail/settings/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const pem = (key: typeof rsa.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsaRecord = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const edRecord = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(12).toString('base64');

let dns: FakeDns;
let fixture: MailFixture;
beforeAll(async () => {
  dns = await fakeDns({
    'good.test': [{ type: 'TXT', text: 'v=spf1 ip4:127.0.0.1 ip4:192.0.2.1 -all' }],
    '_dmarc.good.test': [{ type: 'TXT', text: 'v=DMARC1; p=reject; rua=mailto:reports@good.test' }],
    'r._domainkey.good.test': [{ type: 'TXT', text: `v=DKIM1; k=rsa; p=${rsaRecord}` }],
    'e._domainkey.good.test': [{ type: 'TXT', text: `v=DKIM1; k=ed25519; p=${edRecord}` }],
    'strict.test': [{ type: 'TXT', text: 'v=spf1 -all' }],
    '_dmarc.strict.test': [{ type: 'TXT', text: 'v=DMARC1; p=reject' }],
    'soft.test': [{ type: 'TXT', text: 'v=spf1 -all' }],
    '_dmarc.soft.test': [{ type: 'TXT', text: 'v=DMARC1; p=quarantine' }],
    'mx.test': [
      { type: 'TXT', text: 'v=spf1 mx -all' },
      { type: 'MX', priority: 1, exchange: 'in.mx.test' },
    ],
    'in.mx.test': [{ type: 'A', address: '192.0.2.9' }],
    'brisbane._domainkey.football.example.com': [
      { type: 'TXT', text: 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' },
    ],
    'test._domainkey.football.example.com': [
      {
        type: 'TXT',
        text: 'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
      },
    ],
    'r._domainkey.list.test': [{ type: 'TXT', text: `v=DKIM1; k=rsa; p=${rsaRecord}` }],
  });
  fixture = await mailFixture({ dns: dns.address });
});
afterAll(async () => {
  await fixture.close();
  await dns.close();
});

interface Judged {
  verdict: CheckVerdict;
  findings: Findings;
  seen: DmarcObservation | undefined;
  results: string;
}

/** Runs one message through the check as the SMTP server does. */
async function judge(
  text: string | Buffer,
  options: { address?: string; sender?: string; settings?: object; server?: string; top?: string } = {},
): Promise<Judged> {
  let seen: DmarcObservation | undefined;
  const bytes = Buffer.from(text);
  const checks = createInboundChecks({
    dns: createDnsResolver({ server: options.server ?? dns.address, tryMs: 100 }),
    settings: fixture.mail.settings,
    clock: createTravellingClock(),
    log: createLogger('silent'),
    hostname: 'mx.beichen.test',
    read: fixture.mail.store.readBody,
    observe: (observation) => {
      seen = observation;
    },
  });
  const split = bytes.indexOf('\r\n\r\n') + 2;
  const watch = checks.watch(bytes.subarray(0, split));
  await watch.write(bytes.subarray(split));
  const parsed = parseMessage(
    Buffer.concat([Buffer.from(options.top ?? 'Received: from a by us\r\n'), bytes]),
  );
  const findings = newFindings();
  const verdict = await checks.authenticate({
    ref: 'r',
    client: { address: options.address ?? '192.0.2.1', helo: 'client.test' },
    relayed: false,
    own: false,
    sender: options.sender ?? '',
    recipients: ['zhangwei@beichen.test'],
    body: { hash: Buffer.alloc(32), size: bytes.length, data: bytes, parsed },
    signatures: await watch.finish(),
    settings: readSettings(new Map([['authentication', options.settings ?? {}]]), () => undefined),
    findings,
  });
  return { verdict, findings, seen, results: findings.header.join('').replace(/\r\n[ \t]+/g, ' ') };
}

const letter = (from: string, more = '') =>
  `${more}From: <${from}>\r\nTo: zhangwei@beichen.test\r\nSubject: hi\r\nDate: Mon, 23 Nov 2026 10:00:00 +0800\r\nMessage-ID: <1@x>\r\n\r\nbody\r\n`;

async function signed(from: string, selector: 'r' | 'e', domain = 'good.test'): Promise<string> {
  const text = letter(from);
  const key = {
    signingDomain: domain,
    selector,
    privateKey: pem(selector === 'r' ? rsa.privateKey : ed.privateKey),
  };
  const made = await dkimSign(text, { ...key, signatureData: [key] });
  return `${made.signatures}${text}`;
}

describe('who has sent it', () => {
  it('[MAIL-1] SPF passes and fails by the address that connected, by ip4 and by mx', async () => {
    const pass = await judge(letter('a@good.test'), { sender: 'a@good.test' });
    expect(pass.results).toMatch(/^Authentication-Results: mx\.beichen\.test; spf=pass .*smtp\.mailfrom=/);
    expect(pass.findings.authenticated).toBe(true);
    const mx = await judge(letter('a@mx.test'), { sender: 'a@mx.test', address: '192.0.2.9' });
    expect(mx.results).toContain('spf=pass');
    const fail = await judge(letter('a@mx.test'), { sender: 'a@mx.test', address: '192.0.2.10' });
    expect(fail.results).toContain('spf=fail');
    expect(fail.findings.authenticated).toBe(false);
    expect(fail.verdict.kind).toBe('pass');
  });

  it('[MAIL-1] DKIM passes for RSA and Ed25519, fails when a byte changed, and aligns for DMARC', async () => {
    for (const selector of ['r', 'e'] as const) {
      const text = await signed('a@good.test', selector);
      const good = await judge(text, { address: '203.0.113.1', sender: 'bounce@elsewhere.test' });
      expect(good.results).toMatch(/dkim=pass .*dmarc=pass/);
      expect(good.findings.authenticated).toBe(true);
      const changed = await judge(text.replace('body', 'Body'), { address: '203.0.113.1' });
      expect(changed.results).toMatch(/dkim=(fail|neutral)/);
      expect(changed.verdict).toMatchObject({ kind: 'reject', code: 550, status: '5.7.1' });
    }
  });

  it('[MAIL-1] verifies both signatures of the message in RFC 8463 appendix A', async () => {
    const text = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`.replaceAll('\n', '\r\n');
    const judged = await judge(text);
    expect(judged.results.match(/dkim=pass/g)).toHaveLength(2);
    expect(judged.findings.authenticated).toBe(true);
  });

  it('[MAIL-1] DMARC: reject is 550 unless switched off, quarantine is junk, and a second From helps nobody', async () => {
    const forged = letter('ceo@strict.test');
    expect((await judge(forged)).verdict).toMatchObject({ kind: 'reject', code: 550, status: '5.7.1' });
    const softened = await judge(forged, { settings: { dmarcReject: false } });
    expect(softened).toMatchObject({ verdict: { kind: 'pass' }, findings: { junk: true } });
    expect(softened.seen).toMatchObject({ disposition: 'quarantine', override: 'local_policy' });
    expect(await judge(letter('a@soft.test'))).toMatchObject({
      verdict: { kind: 'pass' },
      findings: { junk: true, authenticated: false },
      seen: { domain: 'soft.test', disposition: 'quarantine', spfAligned: false, dkimAligned: false },
    });
    const two = await judge(letter('a@good.test', 'From: <x@strict.test>\r\n'), { sender: 'a@good.test' });
    expect(two.findings.authenticated).toBe(false);
  });

  it('[MAIL-1] believes an ARC chain of trusted sealers only, and only if the first saw DMARC pass', async () => {
    const original = (await signed('a@good.test', 'r')).replace('Subject: hi', 'Subject: [list] hi');
    const seal = async (results: string) => {
      const made = await sealMessage(original, {
        signingDomain: 'list.test',
        selector: 'r',
        privateKey: pem(rsa.privateKey),
        authResults: results,
        cv: 'none',
      });
      return Buffer.concat([made, Buffer.from(original)]);
    };
    const sealed = await seal('mx.list.test; dkim=pass header.d=good.test; dmarc=pass header.from=good.test');
    const from = { address: '198.51.100.1' };
    expect((await judge(sealed, from)).verdict.kind).toBe('reject');
    const trusted = await judge(sealed, { ...from, settings: { trustedSealers: ['List.test'] } });
    expect(trusted.results).toContain('arc=pass');
    expect(trusted.verdict.kind).toBe('pass');
    expect(trusted.seen).toMatchObject({ disposition: 'none', override: 'trusted_forwarder' });
    const unseen = await seal('mx.list.test; dmarc=fail header.from=good.test');
    expect((await judge(unseen, { ...from, settings: { trustedSealers: ['list.test'] } })).verdict.kind).toBe(
      'reject',
    );
  });

  it('[MAIL-1] behind trusted relays SPF looks at the client that the relay names, never at the relay', async () => {
    const top =
      'Received: from relay by us\r\nReceived: from mail.good.test (unknown [192.0.2.1])\r\n\tby relay with ESMTP; Mon, 23 Nov 2026 10:00:00 +0800\r\n';
    const options = {
      address: '10.1.1.1',
      sender: 'a@good.test',
      settings: { trustedRelays: ['10.0.0.0/8'] },
    };
    expect((await judge(letter('a@good.test'), { ...options, top })).results).toContain('spf=pass');
    const silent = await judge(letter('a@none.test'), options);
    expect(silent.results).not.toContain('spf=');
    // A helo that looks like an address is the client's word only.
    const lie = top.replace('mail.good.test (unknown [192.0.2.1])', '[192.0.2.1] (unknown [203.0.113.5])');
    expect((await judge(letter('a@good.test'), { ...options, top: lie })).results).toContain('spf=fail');
  });

  it('trouble with names is a result, not a refusal', async () => {
    const away = await judge(await signed('a@strict.test', 'r'), {
      sender: 'a@strict.test',
      server: '127.0.0.1:1',
    });
    expect(away.verdict.kind).toBe('pass');
    expect(away.results).toMatch(/dkim=temperror .*spf=temperror .*dmarc=temperror/);
    expect((await judge(letter('a@x.test'), { server: 'none' })).verdict.kind).toBe('pass');
  });

  it('eight signatures are looked at, however many a stranger attaches', async () => {
    const text = await signed('a@good.test', 'r');
    const one = text.slice(0, text.indexOf('From: '));
    dns.asked.length = 0;
    const many = Array.from({ length: 200 }, (_, at) => one.replace('s=r;', `s=r${at};`)).join('');
    const judged = await judge(many + text, { address: '203.0.113.1' });
    expect(judged.results.match(/dkim=/g)?.length).toBe(8);
    expect(dns.asked.filter((question) => question.includes('_domainkey')).length).toBe(8);
  });
});

describe('SMTP with sender checks', () => {
  async function send(from: string, extra = ''): Promise<string> {
    const talker = await Talker.open(fixture.ports.smtp);
    await talker.reply();
    await talker.say('EHLO client.test');
    await talker.say(`MAIL FROM:<${from}>`);
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    const reply = await talker.say(`${letter(from, extra)}.`);
    talker.end();
    return reply;
  }

  it('[MAIL-1] refuses what the domain disowns with 550 5.7.1 and takes the rest', async () => {
    expect(await send('ceo@strict.test')).toMatch(/^550 5\.7\.1/);
    expect(await send('a@good.test')).toMatch(/^250/);
  });

  it('[MAIL-1] takes Authentication-Results out that claim to be ours, and leaves those of others', async () => {
    const forged =
      'Authentication-Results: (comment) MAIL.beichen.test 1;\r\n\tdmarc=pass header.from=bank.test\r\nauthentication-results : other.test; spf=pass\r\n';
    expect(await send('a@good.test', forged)).toMatch(/^250/);
    const { store } = fixture.mail;
    const { db } = fixture.database;
    const scope = { accountId: 2, readerId: 2 };
    const inbox = await store.mailboxByRole(db, scope, 'inbox');
    const entries = await store.entries(db, scope, inbox?.id ?? 0);
    const text = (await (await store.open(db, 2, entries.at(-1)?.messageId ?? 0))?.bytes())?.toString() ?? '';
    expect(text).toMatch(/Authentication-Results: mail\.beichen\.test;\s+spf=pass[\s\S]*dmarc=pass/);
    expect(text).not.toContain('bank.test');
    expect(text).toContain('authentication-results : other.test; spf=pass');
  });
});
