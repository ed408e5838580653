import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateList, ListTargets, MailListDetail } from '@hongyan/contract';
import { parseMessage } from '../../src/mail/protocol/mime/index.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../kit/app.ts';
import { Talker } from './talker.ts';

export const nobody: ListTargets = { accountIds: [], unitIds: [], listIds: [], addresses: [] };

export interface ListsFixture extends TestApp {
  admin: Person;
  idOf(account: string): Promise<number>;
  unitIdOf(name: string): Promise<number>;
  create(list: Partial<CreateList> & { address: string }): Promise<MailListDetail>;
  /** Sends over SMTP; `by` signs in, without it the message comes from outside. Answers the last reply. */
  send(mail: { by?: string; from: string; to: string; text?: string; header?: string }): Promise<string>;
  /** Waits until nothing in the queue is due. */
  drain(): Promise<void>;
  /** Whole messages in an inbox whose subject contains the words. */
  inbox(account: string, words: string): Promise<string[]>;
  /** What left for other domains with the words in it. */
  outbox(words: string): Promise<{ from: string; to: string[]; text: string }[]>;
}

export async function listsFixture(): Promise<ListsFixture> {
  const app = await startApp();
  const { db, pool } = { db: app.database.db, pool: app.database.pool };
  const admin = await app.as('admin');
  const idOf = async (account: string) => {
    const { rows } = await pool.query<{ id: string }>(
      'select id from directory.account where local = $1 and purged_at is null',
      [account],
    );
    return Number(rows[0]?.id);
  };
  return {
    ...app,
    admin,
    idOf,
    async unitIdOf(name) {
      const { rows } = await pool.query<{ id: string }>('select id from directory.unit where name = $1', [
        name,
      ]);
      return Number(rows[0]?.id);
    },
    async create(list) {
      const answer = await admin.post<MailListDetail>('/lists', { name: list.address, ...list });
      if (answer.status !== 200) throw new Error(`list: ${answer.raw.body}`);
      return answer.body;
    },
    async send({ by, from, to, text = 'text', header = '' }) {
      const talker = await Talker.open((by ? app.ports.submission : app.ports.smtp) ?? 0);
      await talker.reply();
      await talker.say('EHLO client.example.test');
      if (by)
        await talker.say(`AUTH PLAIN ${Buffer.from(`\0${by}@beichen.test\0${PASSWORD}`).toString('base64')}`);
      await talker.say(`MAIL FROM:<${from}>`);
      const refused = await talker.say(`RCPT TO:<${to}>`);
      if (!refused.startsWith('250')) {
        talker.end();
        return refused;
      }
      await talker.say('DATA');
      talker.write(
        `From: ${from || 'mailer-daemon@example.test'}\r\nTo: ${to}\r\nSubject: ${text}\r\nMessage-ID: <${Math.random()}@client>\r\n${header}\r\n${text}\r\n`,
      );
      const reply = await talker.say('.');
      talker.end();
      return reply;
    },
    drain: () => app.app.mail.queue.drain(),
    async inbox(account, words) {
      const accountId = await idOf(account);
      const scope = { accountId, readerId: accountId };
      const { store } = app.app.mail;
      const mailbox = await store.mailboxByRole(db, scope, 'inbox');
      const entries = mailbox ? await store.entries(db, scope, mailbox.id) : [];
      const texts: string[] = [];
      for (const entry of entries) {
        const text = (await (await store.open(db, accountId, entry.messageId))?.bytes())?.toString() ?? '';
        const { subject, bodyText } = parseMessage(Buffer.from(text));
        if ([text, subject, bodyText].some((one) => one.includes(words))) texts.push(text);
      }
      return texts;
    },
    async outbox(words) {
      const folder = join(app.folder, 'outbox', 'mail');
      const names = await readdir(folder).catch(() => []);
      const found: { from: string; to: string[]; text: string }[] = [];
      for (const name of names.filter((one) => one.endsWith('.eml')).toSorted()) {
        const text = await readFile(join(folder, name), 'utf8');
        if (!text.includes(words)) continue;
        const envelope = JSON.parse(await readFile(join(folder, name.replace('.eml', '.json')), 'utf8'));
        found.push({ from: String(envelope.from), to: envelope.to, text });
      }
      return found;
    },
  };
}
