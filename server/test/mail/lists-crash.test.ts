import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreFixture, storeFixture } from './fixtures.ts';
import { populateList } from './list-population.ts';
import { Talker } from './talker.ts';

const PEOPLE = 3_000;
const OUTSIDE = 120;

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
  await populateList(fixture.database.pool, { people: PEOPLE, outside: OUTSIDE });
});
afterAll(() => fixture.close());

async function startChild(round: number): Promise<{ child: ChildProcess; port: number }> {
  const input = JSON.stringify({
    connection: fixture.database.connection,
    data: fixture.folder,
    ahead: round * 180_000,
  });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'list-crash-child.ts'), input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString()))),
  );
  return { child, port };
}

async function send(port: number): Promise<string> {
  const talker = await Talker.open(port);
  await talker.reply();
  await talker.say('EHLO client.test');
  await talker.say('MAIL FROM:<a@example.test>');
  await talker.say('RCPT TO:<all@beichen.test>');
  await talker.say('DATA');
  talker.write('From: a@example.test\r\nMessage-ID: <one@example.test>\r\nSubject: to all\r\n\r\ntext\r\n');
  return talker.say('.');
}

/** Members who have it, and whether the list's own recipient is done. */
async function progress(): Promise<{ copies: number; people: number; outside: number; done: boolean }> {
  const { rows } = await fixture.database.pool.query<{
    copies: number;
    people: number;
    outside: number;
    done: boolean;
  }>(
    `select (select count(*)::int from mail.entry) as copies, (select count(distinct account_id)::int from mail.entry) as people,
       (select count(*)::int from mail.recipient where account_id is null and list_id is null) as outside,
       coalesce((select state = 'delivered' from mail.recipient where list_id is not null), false) as done`,
  );
  return rows[0] ?? { copies: 0, people: 0, outside: 0, done: false };
}

async function until(round: (now: Awaited<ReturnType<typeof progress>>) => boolean): Promise<void> {
  for (let tries = 0; !round(await progress()); tries++) {
    if (tries > 2_000) throw new Error(`stuck at ${JSON.stringify(await progress())}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

describe('an expansion that is killed', () => {
  it('[ADM-5] goes on where it was: nobody gets the message twice, nobody is left out', async () => {
    let { child, port } = await startChild(0);
    expect(await send(port)).toMatch(/^250/);
    const cut: number[] = [];
    for (const part of [0.1, 0.35, 0.7]) {
      await until((now) => now.copies >= PEOPLE * part);
      child.kill('SIGKILL');
      cut.push((await progress()).copies);
      ({ child, port } = await startChild(cut.length));
    }
    await until((now) => now.outside > 0);
    child.kill('SIGKILL');
    ({ child } = await startChild(4));
    await until((now) => now.done);
    child.kill('SIGKILL');
    // It was really cut in the middle, three times.
    expect(cut.every((copies, index) => copies < PEOPLE && copies > (cut[index - 1] ?? 0))).toBe(true);
    const end = await progress();
    expect(end).toEqual({ copies: PEOPLE, people: PEOPLE, outside: OUTSIDE, done: true });
    const { rows } = await fixture.database.pool.query<{ addresses: number; bodies: number }>(
      `select (select count(distinct address)::int from mail.recipient where account_id is null and list_id is null) as addresses,
         (select count(distinct body_hash)::int from mail.message) as bodies`,
    );
    expect(rows[0]).toEqual({ addresses: OUTSIDE, bodies: 1 });
  }, 120_000);
});
