import type { MailRules } from '@hongyan/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import { saveForwardingRight } from '../../src/mail/filter/rules.store.ts';
import { NO_RULES } from '../../src/mail/filter/rules-script.ts';
import { FLAG, type RemoteTransport } from '../../src/mail/index.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

interface Sent {
  sender: string;
  to: string[];
  text: string;
}

const sent: Sent[] = [];
const told: { accountId: number; template: string; params: Record<string, string | number> }[] = [];
const transport: RemoteTransport = {
  async send(job) {
    const pieces: Buffer[] = [];
    for await (const piece of job.open()) pieces.push(piece);
    sent.push({
      sender: job.sender,
      to: job.recipients.map((one) => one.address),
      text: Buffer.concat(pieces).toString(),
    });
    return job.recipients.map(() => ({
      kind: 'relayed',
      status: '2.0.0',
      reply: 'ok',
      remote: 'test',
      dsn: false,
    }));
  },
};

let mail: MailFixture;
/** liuyang */
const ME = 2;

beforeAll(async () => {
  mail = await mailFixture({
    transport,
    tell: async (_tx, notice) => {
      told.push(notice);
    },
  });
});
afterAll(() => mail.close());
beforeEach(async () => {
  sent.length = 0;
  told.length = 0;
  await mail.mail.filters.scripts.activate(mail.database.db, ME, undefined);
  await rules({});
});

async function script(text: string, accountId = ME): Promise<void> {
  const { scripts } = mail.mail.filters;
  await scripts.put(mail.database.db, accountId, 'test', text);
  await scripts.activate(mail.database.db, accountId, { name: 'test' });
}

async function rules(change: Partial<MailRules>, accountId = ME): Promise<void> {
  const { personal } = mail.mail.filters;
  const { version } = await personal.find(mail.database.db, accountId);
  await personal.change(mail.database.db, accountId, { ...NO_RULES, ...change, version });
}

let number = 0;
/** Speaks SMTP as a stranger; gives the answer to the message. */
async function arrive(
  options: { from?: string; to?: string[]; header?: string; subject?: string; body?: string } = {},
): Promise<string> {
  const {
    from = 'anna@example.test',
    to = ['liuyang@beichen.test'],
    header = '',
    subject = 'Hello',
    body = 'text',
  } = options;
  const talker = await Talker.open(mail.ports.smtp);
  await talker.reply();
  await talker.say('EHLO mx.example.test');
  await talker.say(`MAIL FROM:<${from}>`);
  for (const one of to) expect(await talker.say(`RCPT TO:<${one}>`)).toMatch(/^250/);
  await talker.say('DATA');
  const answer = await talker.say(
    `From: Anna <${from || 'mailer-daemon@example.test'}>\r\nTo: ${to.join(', ')}\r\nSubject: ${subject}\r\nMessage-ID: <m${++number}@example.test>\r\n${header}\r\n${body}\r\n.`,
  );
  talker.end();
  await mail.mail.queue.drain();
  return answer;
}

interface Found {
  path: string;
  subject: string;
  flags: number;
  keywords: readonly string[];
  text: string;
}

/** Every mail of the account, newest last; and empties it. */
async function take(accountId = ME): Promise<Found[]> {
  const { db } = mail.database;
  const scope = { accountId, readerId: accountId };
  const found: Found[] = [];
  for (const mailbox of await mail.mail.store.mailboxes(db, scope)) {
    for (const entry of await mail.mail.store.entries(db, scope, mailbox.id)) {
      const message = await mail.mail.store.open(db, accountId, entry.messageId);
      if (!message) continue;
      const text = (await message.bytes()).toString();
      found.push({
        path: mailbox.path,
        subject: message.subject,
        flags: entry.flags,
        keywords: entry.keywords,
        text,
      });
    }
    await mail.mail.store.expunge(db, scope, mailbox.id, { any: true });
  }
  return found;
}

async function places(accountId = ME): Promise<string[]> {
  return (await take(accountId)).map((one) => `${one.path}: ${one.subject}`);
}

describe('[MAIL-3] Sieve at delivery', () => {
  it('an account without rules gets its mail as ever', async () => {
    expect(await arrive()).toMatch(/^250/);
    expect(await places()).toEqual(['INBOX: Hello']);
  });

  it('files into a folder that it makes, with flags and keywords, and keeps a copy', async () => {
    await script(
      'require ["fileinto","mailbox","imap4flags","copy"]; fileinto :copy :create :flags ["\\\\Seen","$Work"] "课程/2026"; setflag "\\\\Flagged";',
    );
    expect(await arrive({ subject: 'plan' })).toMatch(/^250/);
    const found = (await take()).map(({ path, flags, keywords }) => ({
      path,
      flags,
      keywords: [...keywords],
    }));
    expect(found).toEqual([
      { path: 'INBOX', flags: FLAG.flagged, keywords: [] },
      { path: '课程/2026', flags: FLAG.seen, keywords: ['$Work'] },
    ]);
  });

  it('a folder that does not exist is the inbox, a special use finds its folder under any name', async () => {
    await script('require "fileinto"; fileinto "Nowhere";');
    await arrive();
    expect(await places()).toEqual(['INBOX: Hello']);
    await script('require ["fileinto","special-use"]; fileinto :specialuse "\\\\Trash" "X";');
    await arrive();
    const [only] = await take();
    expect(only?.path).not.toBe('INBOX');
  });

  it('discards, and a script with an error of its own keeps the mail and tells the owner once', async () => {
    await script('discard;');
    await arrive();
    expect(await places()).toEqual([]);
    await script('require ["include","fileinto"]; fileinto "Trash"; include "missing";');
    await arrive();
    await arrive();
    expect(await places()).toEqual(['INBOX: Hello', 'INBOX: Hello']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ accountId: ME, template: 'mail_rules_failed', params: { line: 1 } });
  });

  it('answers 550 to the one whose mail the script rejects, and keeps it when others got it and the sender is not proven', async () => {
    await script('require "reject"; reject "Please use the form";');
    expect(await arrive()).toMatch(/^550 5\.7\.1 Please use the form/);
    expect(await places()).toEqual([]);
    expect(await arrive({ to: ['liuyang@beichen.test', 'u3@beichen.test'] })).toMatch(/^250/);
    expect(await places()).toEqual(['INBOX: Hello']);
    expect(await places(103)).toEqual(['INBOX: Hello']);
    expect(sent).toEqual([]);
  });

  it('has a rejection by mail ready for a proven sender only', async () => {
    await script('require "reject"; reject "不收\\n此类邮件";');
    const { db } = mail.database;
    const writer = mail.mail.store.newBody();
    await writer.write(
      Buffer.from('From: anna@example.test\r\nSubject: offer\r\nMessage-ID: <o@example.test>\r\n\r\nx\r\n'),
    );
    const message = {
      ref: 'r1',
      origin: 'mx' as const,
      sender: 'anna@example.test',
      body: await writer.finish(),
      header: Buffer.alloc(0),
      junk: false,
      remote: undefined,
      helo: undefined,
      orcpt: undefined,
    };
    const recipient = { accountId: ME, address: 'liuyang@beichen.test', shared: false };
    const { rules: all } = mail.mail.filters;
    const forged = await all.plan(db, { ...message, authenticated: false }, recipient);
    expect(forged).toMatchObject({
      placements: [],
      outgoing: [],
      refuse: { code: 550, text: 'The recipient refuses this message' },
    });
    const proven = await all.plan(db, { ...message, authenticated: true }, recipient);
    const [rejection] = proven?.outgoing ?? [];
    expect(rejection).toMatchObject({ sender: '', recipients: [{ address: 'anna@example.test' }] });
    const { structure, subject } = rejection?.body.parsed ?? {};
    expect(subject).toContain('拒收');
    expect(structure?.parts?.map((part) => part.subtype)).toEqual([
      'plain',
      'delivery-status',
      'rfc822-headers',
    ]);
  });

  it('changes the header of the stored message', async () => {
    await script('require "editheader"; addheader "X-Label" "課程"; deleteheader "Subject";');
    await arrive({ subject: 'gone' });
    const [only] = await take();
    expect(only?.text).toMatch(/\r\nX-Label: =\?utf-8\?B\?/);
    expect(only?.text).not.toMatch(/Subject: gone/);
    expect(only?.text).toMatch(/\r\n\r\ntext\r\n$/);
  });

  it('knows a duplicate by its message-id', async () => {
    await script('require "duplicate"; if duplicate :header "X-Event" { discard; }');
    await arrive({ header: 'X-Event: 7\r\n' });
    await arrive({ header: 'X-Event: 7\r\n' });
    await arrive({ header: 'X-Event: 8\r\n' });
    expect(await places()).toHaveLength(2);
    mail.clock.travel(8 * 86_400_000);
    await arrive({ header: 'X-Event: 7\r\n' });
    expect(await places()).toHaveLength(1);
  });

  it('includes other scripts of the same account, and a changed one counts at once', async () => {
    const { db } = mail.database;
    await mail.mail.filters.scripts.put(db, ME, 'part', 'require "fileinto"; fileinto "Trash";');
    await script('require "include"; include "part";');
    await arrive();
    expect(await places()).not.toEqual(['INBOX: Hello']);
    await mail.mail.filters.scripts.put(db, ME, 'part', 'keep;');
    await arrive();
    expect(await places()).toEqual(['INBOX: Hello']);
  });

  it('notifies by our own ways', async () => {
    await script('require "enotify"; notify :message "look" "x-hongyan:";');
    await arrive({ subject: 'Important' });
    expect(told).toEqual([
      expect.objectContaining({
        accountId: ME,
        template: 'mail_notice',
        params: expect.objectContaining({ subject: 'Important', text: 'look' }),
      }),
    ]);
    await take();
  });
});

describe('[MAIL-4] forwarding', () => {
  it('sends on outside under an address of ours, which leads bounces back to the sender', async () => {
    await script('redirect "out@other.test";');
    await arrive({ subject: 'go' });
    expect(await places()).toEqual([]);
    const [only] = sent;
    expect(only?.to).toEqual(['out@other.test']);
    expect(only?.sender).toMatch(/^SRS0=.*=example\.test=anna@beichen\.test$/);
    expect(only?.text).toMatch(/^Delivered-To: liuyang@beichen\.test\r\n/);
    sent.length = 0;
    // The other host bounces.
    expect(await arrive({ from: '', to: [only?.sender ?? ''] })).toMatch(/^250/);
    expect(sent.map(({ sender, to }) => ({ sender, to }))).toEqual([
      { sender: '', to: ['anna@example.test'] },
    ]);
  });

  it('a rewritten sender is no way through us for others', async () => {
    await script('redirect "out@other.test";');
    await arrive();
    const talker = await Talker.open(mail.ports.smtp);
    await talker.reply();
    await talker.say('EHLO x.test');
    await talker.say('MAIL FROM:<spam@bad.test>');
    expect(await talker.say(`RCPT TO:<${sent[0]?.sender}>`)).toMatch(/^550 5\.1\.1/);
    talker.end();
  });

  it('ends a loop: what has been here is kept', async () => {
    await script('redirect "zhangwei@beichen.test";');
    await script('redirect "liuyang@beichen.test";', 1);
    await arrive();
    expect(await places()).toEqual(['INBOX: Hello']);
    await mail.mail.filters.scripts.activate(mail.database.db, 1, undefined);
    await take(1);
  });

  it('respects the right to forward outside, also for scripts', async () => {
    const { personal } = mail.mail.filters;
    await script('redirect "out@other.test";');
    await transaction(mail.database.db, (tx) => saveForwardingRight(tx, ME, false));
    await arrive();
    expect(sent).toEqual([]);
    expect(await places()).toEqual(['INBOX: Hello']);
    await expect(
      rules({ forwarding: { enabled: true, addresses: ['a@other.test'], keepCopy: true } }),
    ).rejects.toMatchObject({ code: 'mail_filter.outside_forbidden' });
    expect(await personal.mayForwardOutside(mail.database.db, ME)).toBe(false);
    await transaction(mail.database.db, (tx) => saveForwardingRight(tx, ME, undefined));
  });

  it('forwards with a copy by the settings page, to people here and outside', async () => {
    await rules({
      forwarding: { enabled: true, addresses: ['out@other.test', 'u5@beichen.test'], keepCopy: true },
    });
    await arrive({ subject: 'both' });
    expect(await places()).toEqual(['INBOX: both']);
    expect(await places(105)).toEqual(['INBOX: both']);
    expect(sent).toHaveLength(1);
  });
});

describe('[MAIL-4] automatic reply', () => {
  const vacation = { enabled: true, subject: '外出', text: '我在外出差。' };

  it('is sent once to each sender, from the address that was written to, with nobody as its sender', async () => {
    await rules({ vacation });
    await arrive({ subject: 'Question' });
    await arrive({ subject: 'Question again' });
    await arrive({ from: 'bert@example.test' });
    expect(sent.map(({ sender, to }) => [sender, ...to])).toEqual([
      ['', 'anna@example.test'],
      ['', 'bert@example.test'],
    ]);
    expect(sent[0]?.text).toMatch(/^From: .*liuyang@beichen\.test>/);
    expect(sent[0]?.text).toMatch(/\r\nAuto-Submitted: auto-replied/);
    expect(sent[0]?.text).toMatch(/\r\nIn-Reply-To: <m\d+@example\.test>/);
    expect(await places()).toHaveLength(3);
    mail.clock.travel(2 * 86_400_000);
    await arrive({ subject: 'Later' });
    expect(sent).toHaveLength(3);
    await take();
  });

  it('is sent once when two messages of one sender come at the same moment', async () => {
    await rules({ vacation: { ...vacation, text: 'twins' } });
    await Promise.all([arrive({ from: 'emil@example.test' }), arrive({ from: 'emil@example.test' })]);
    await mail.mail.queue.drain();
    expect(sent.map(({ to }) => to)).toEqual([['emil@example.test']]);
    await take();
  });

  it.each([
    ['a list', { header: 'List-Id: <x.example.test>\r\n' }],
    ['a program', { header: 'Auto-Submitted: auto-generated\r\n' }],
    ['bulk mail', { header: 'Precedence: bulk\r\n' }],
    ['the null sender', { from: '' }],
    ['a mailer', { from: 'MAILER-DAEMON@example.test' }],
    ['a request address', { from: 'list-request@example.test' }],
    ['a sender who wants none', { header: 'X-Auto-Response-Suppress: OOF, DR\r\n' }],
  ])('is not sent to %s', async (_, message) => {
    await rules({ vacation: { ...vacation, text: `${_}` } });
    await arrive(message);
    expect(sent).toEqual([]);
    expect(await places()).toHaveLength(1);
  });

  it('is not sent for mail that does not name the mailbox, nor outside its dates', async () => {
    await rules({ vacation: { ...vacation, text: 'blind' } });
    const talker = await Talker.open(mail.ports.smtp);
    await talker.reply();
    await talker.say('EHLO x.test');
    await talker.say('MAIL FROM:<carl@example.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    expect(
      await talker.say('From: carl@example.test\r\nTo: others@example.test\r\nSubject: bcc\r\n\r\nx\r\n.'),
    ).toMatch(/^250/);
    talker.end();
    await mail.mail.queue.drain();
    const yesterday = new Date(mail.clock.ms() - 86_400_000).toISOString();
    await rules({ vacation: { ...vacation, text: 'over', until: yesterday } });
    await arrive({ from: 'dora@example.test' });
    expect(sent).toEqual([]);
    await rules({ vacation: { ...vacation, text: 'now', from: yesterday } });
    await arrive({ from: 'dora@example.test' });
    expect(sent).toHaveLength(1);
    await take();
  });
});

describe('[MAIL-4] block list and filters', () => {
  it('blocked people and domains go to Junk or nowhere, and get no reply', async () => {
    await rules({
      blocked: { senders: ['anna@example.test', 'spam.test'], action: 'junk' },
      vacation: { enabled: true, subject: '', text: 'away' },
    });
    await arrive();
    await arrive({ from: 'x@mail.spam.test' });
    expect(sent).toEqual([]);
    const inJunk = await take();
    expect(inJunk).toHaveLength(2);
    expect(inJunk.every(({ path }) => path !== 'INBOX')).toBe(true);
    await rules({ blocked: { senders: ['anna@example.test'], action: 'discard' } });
    await arrive();
    expect(await places()).toEqual([]);
  });

  it('filters move by folder, also after it was renamed, and the active script has the last word on the rest', async () => {
    const { db } = mail.database;
    const scope = { accountId: ME, readerId: ME };
    const folder = await mail.mail.store.createMailbox(db, scope, { path: '项目' });
    await rules({
      filters: [
        {
          name: 'project',
          enabled: true,
          match: 'all',
          stop: true,
          conditions: [{ field: 'subject', operator: 'contains', value: '项目' }],
          actions: [{ type: 'move', mailboxId: folder.id, mailbox: '项目' }, { type: 'seen' }],
        },
      ],
    });
    await script('require "fileinto"; fileinto "Trash";');
    await mail.mail.store.renameMailbox(db, scope, folder.id, '新项目');
    await arrive({ subject: '=?utf-8?B?6aG555uu?= 3' });
    await arrive({ subject: 'other' });
    const found = await take();
    expect(found.find(({ subject }) => subject === '项目 3')).toMatchObject({ path: '新项目' });
    expect(found.find(({ subject }) => subject === 'other')?.path).not.toBe('INBOX');
  });

  it('two windows do not overwrite each other', async () => {
    const { personal } = mail.mail.filters;
    const { version } = await personal.find(mail.database.db, ME);
    const change = { blocked: { senders: ['a@b.test'], action: 'junk' as const }, version };
    const results = await Promise.allSettled([
      personal.change(mail.database.db, ME, change),
      personal.change(mail.database.db, ME, change),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
