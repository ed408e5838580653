import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreFixture, storeFixture } from './fixtures.ts';
import { Talker } from './talker.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

async function startChild(): Promise<{ child: ChildProcess; port: number }> {
  const input = JSON.stringify({ connection: fixture.database.connection, data: fixture.folder });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString()))),
  );
  return { child, port };
}

describe('a mail server that is killed', () => {
  it('[MAIL-1] has every message that it answered 250 for, once, and no row without its body', async () => {
    const acknowledged: string[] = [];
    const offered: string[] = [];
    for (let round = 0; round < 3; round++) {
      const { child, port } = await startChild();
      const clients = Array.from({ length: 6 }, async (_, client) => {
        const talker = await Talker.open(port);
        await talker.reply();
        await talker.say('EHLO client.test');
        for (let index = 0; ; index++) {
          const id = `${round}-${client}-${index}`;
          await talker.say('MAIL FROM:<a@example.test>');
          await talker.say(`RCPT TO:<${1 + (index % 2)}@beichen.test>`);
          await talker.say('DATA');
          offered.push(id);
          // Small ones travel in the database, large ones through the blob store.
          talker.write(
            `Message-ID: <${id}>\r\nSubject: x\r\n\r\n${`${id} line\r\n`.repeat(index % 3 === 0 ? 3_000 : 3)}`,
          );
          if (!(await talker.say('.')).startsWith('250')) return;
          acknowledged.push(id);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 400 + round * 150));
      child.kill('SIGKILL');
      await Promise.all(clients);
    }
    const { pool, db } = fixture.database;
    const rows = await pool.query<{ rfc_id: string; account_id: number; message_id: number; n: number }>(
      'select m.rfc_id, m.account_id, m.message_id, (select count(*)::int from mail.entry e where e.account_id = m.account_id and e.message_id = m.message_id) as n from mail.message m',
    );
    const stored = rows.rows.map((row) => row.rfc_id);
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    expect(stored.filter((id) => !offered.includes(id))).toEqual([]);
    expect(rows.rows.every((row) => row.n === 1)).toBe(true);
    for (const row of rows.rows) {
      const message = await fixture.store.open(db, row.account_id, row.message_id);
      expect((await message?.bytes())?.length).toBe(message?.size);
    }
    for (const accountId of [1, 2]) {
      const scope = { accountId, readerId: accountId };
      const inbox = await fixture.store.mailboxByRole(db, scope, 'inbox');
      const selected = await fixture.store.select(db, scope, inbox?.id ?? 0);
      expect(selected?.uids).toEqual(
        Array.from({ length: selected?.mailbox.total ?? 0 }, (_, index) => index + 1),
      );
    }
  }, 60_000);
});
