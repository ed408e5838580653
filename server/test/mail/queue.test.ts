import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import type { RemoteTransport } from '../../src/mail/index.ts';
import { parseMessage } from '../../src/mail/protocol/mime/index.ts';
import type { Verdict } from '../../src/mail/queue/index.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';

let fixture: MailFixture;
let answer: (address: string) => Verdict = () => ({
  kind: 'relayed',
  status: '2.0.0',
  reply: 'ok',
  remote: 'mx',
  dsn: false,
});
const sent: string[] = [];
const transport: RemoteTransport = {
  async send(job) {
    for await (const _ of job.open());
    sent.push(...job.recipients.map((recipient) => recipient.address));
    return job.recipients.map((recipient) => answer(recipient.address));
  },
};
beforeAll(async () => {
  fixture = await mailFixture({ transport });
});
afterAll(() => fixture.close());

async function* bytes(text: string) {
  yield Buffer.from(text.replace(/\n/g, '\r\n'));
}

const message = 'From: zhangwei@beichen.test\nSubject: =?utf-8?B?6YCa55+l?=\n\nbody\n';

async function submit(...recipients: { address: string; notify?: string }[]): Promise<string> {
  const result = await fixture.mail.submit({
    accountId: 1,
    sender: 'zhangwei@beichen.test',
    recipients,
    message: bytes(message),
  });
  if (!result.ok) throw new Error(result.text);
  return result.ref;
}

async function inbox(accountId: number): Promise<string[]> {
  const {
    mail,
    database: { db },
  } = fixture;
  const scope = { accountId, readerId: accountId };
  const mailbox = await mail.store.mailboxByRole(db, scope, 'inbox');
  const entries = mailbox ? await mail.store.entries(db, scope, mailbox.id) : [];
  const texts: string[] = [];
  for (const entry of entries)
    texts.push((await (await mail.store.open(db, accountId, entry.messageId))?.bytes())?.toString() ?? '');
  return texts;
}

describe('mail queue', () => {
  it('[MAIL-5] tells the sender in Chinese and English why a message did not arrive, once, and never bounces a bounce', async () => {
    answer = () => ({
      kind: 'failed',
      status: '5.1.1',
      reply: '550 5.1.1 no such user',
      remote: 'mx.example.test:25',
    });
    const ref = await submit(
      { address: 'x@example.test' },
      { address: 'y@example.test' },
      { address: 'z@example.test', notify: 'NEVER' },
    );
    await fixture.mail.queue.drain();
    const texts = await inbox(1);
    expect(texts).toHaveLength(1);
    const parsed = parseMessage(Buffer.from(texts[0] ?? ''));
    expect(parsed.subject).toContain('退信');
    expect(parsed.structure.parts?.map((part) => part.subtype)).toEqual([
      'plain',
      'delivery-status',
      'rfc822-headers',
    ]);
    expect(parsed.bodyText).toContain('<x@example.test>');
    expect(parsed.bodyText).toContain('<y@example.test>');
    expect(parsed.bodyText).not.toContain('z@example.test');
    expect(texts[0]).toContain('Return-Path: <>');
    expect(texts[0]).toContain('Status: 5.1.1');
    expect(await fixture.mail.trace(fixture.database.db, ref)).toMatchObject({
      recipients: [{ state: 'failed' }, { state: 'failed' }, { state: 'failed' }],
    });
    await fixture.mail.queue.drain();
    expect(await inbox(1)).toHaveLength(1);
  });

  it('[MAIL-5] tries again with growing pauses, tells of the delay, and gives up after five days', async () => {
    answer = () => ({ kind: 'deferred', status: '4.4.1', reply: 'no connection', remote: 'mx' });
    const before = (await inbox(1)).length;
    const ref = await submit({ address: 'slow@example.test' });
    let tries = 0;
    sent.length = 0;
    for (let hour = 0; hour < 24 * 6; hour++) {
      await fixture.mail.queue.drain();
      fixture.clock.travel(3_600_000);
    }
    tries = sent.length;
    expect(tries).toBeGreaterThan(20);
    expect(tries).toBeLessThan(60);
    const texts = (await inbox(1)).slice(before).map((text) => parseMessage(Buffer.from(text)).subject);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('延迟');
    expect(texts[1]).toContain('退信');
    expect((await fixture.mail.trace(fixture.database.db, ref))?.recipients[0]?.state).toBe('expired');
  });

  it('[MAIL-5] a runner that dies between claim and result loses nothing; two runners send once', async () => {
    answer = () => ({ kind: 'relayed', status: '2.0.0', reply: 'ok', remote: 'mx', dsn: false });
    await submit({ address: 'once@example.test' });
    await submit({ address: 'twice@example.test' });
    // As if a runner had claimed and died.
    await fixture.database.pool.query(
      "update mail.recipient set attempts = 1, next_at = now() + interval '10 days' where address = 'once@example.test'",
    );
    sent.length = 0;
    const other = await fixture.again({ transport });
    await Promise.all([fixture.mail.queue.drain(), other.queue.drain()]);
    expect(sent).toEqual(['twice@example.test']);
    fixture.clock.travel(20 * 86_400_000);
    await Promise.all([fixture.mail.queue.drain(), other.queue.drain()]);
    expect(sent.filter((address) => address === 'once@example.test')).toHaveLength(1);
  });

  it('[MAIL-5] system mail arrives once however often its key is used', async () => {
    const { mail, database } = fixture;
    const before = (await inbox(2)).length;
    for (let turn = 0; turn < 3; turn++) {
      await transaction(database.db, (tx) =>
        mail.sendSystemMail(tx, {
          to: 'liuyang@beichen.test',
          subject: '您有一条新的待办',
          text: '请登录办事大厅处理。',
          html: '<p>请登录</p>',
          key: 'task:1',
        }),
      );
    }
    await Promise.all([mail.queue.drain(), (await fixture.again({ transport })).queue.drain()]);
    const texts = (await inbox(2)).slice(before);
    expect(texts).toHaveLength(1);
    expect(parseMessage(Buffer.from(texts[0] ?? ''))).toMatchObject({
      subject: '您有一条新的待办',
      preview: '请登录办事大厅处理。',
    });
  });

  it('submission without SMTP follows the same rules', async () => {
    const base = {
      accountId: 1,
      sender: 'zhangwei@beichen.test',
      recipients: [{ address: 'liuyang@beichen.test' }],
    };
    expect(
      await fixture.mail.submit({ ...base, sender: 'liuyang@beichen.test', message: bytes(message) }),
    ).toMatchObject({ reason: 'forbidden_mail_from' });
    expect(
      await fixture.mail.submit({ ...base, message: bytes('From: admin@beichen.test\n\nx\n') }),
    ).toMatchObject({ reason: 'forbidden_from' });
    expect(
      await fixture.mail.submit({
        ...base,
        recipients: [{ address: 'none@beichen.test' }],
        message: bytes(message),
      }),
    ).toMatchObject({ reason: 'invalid_recipients', recipients: [{ status: '5.1.1' }] });
  });
});
