import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDue, setHeld } from '../../src/mail/queue/console.store.ts';
import { claimDue, settleRecipients } from '../../src/mail/queue/queue.store.ts';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let chen: Person;
beforeAll(async () => {
  test = await startApp();
  chen = await test.as('chenjing');
  // Everything below steps the queue by hand.
  await test.app.mail.queue.stop();
}, 120_000);
afterAll(() => test.close());

const HOUR = 3_600_000;
let next = 900_000;
/** A recipient elsewhere that waits and is due. */
async function waiting(): Promise<number> {
  const id = next++;
  const { pool } = test.database;
  const past = new Date(test.clock.ms() - 1_000);
  await pool.query(
    `insert into mail.transfer (transfer_id, ref, origin, sender, body_hash, size_bytes, created_at, expires_at)
     values ($1, $2, 'submission', 'zhangwei@beichen.test', '\\x00', 10, $3, $4)`,
    [id, `hold${id}`, past, new Date(test.clock.ms() + 99 * HOUR)],
  );
  await pool.query(
    `insert into mail.recipient (recipient_id, transfer_id, address, domain, state, next_at)
     values ($1, $1, 'x@far.example', 'far.example', 'waiting', $2)`,
    [id, past],
  );
  return id;
}
async function claim(): Promise<number[]> {
  const now = test.clock.now();
  const rows = await claimDue(test.database.db, now, new Date(now.getTime() + HOUR), 100, []);
  return rows.map((row) => row.recipientId);
}

describe('the queue in the hands of administrators', () => {
  it('[ADM-14] never sends twice: "try now" does not touch a try that is under way', async () => {
    const id = await waiting();
    expect(await claim()).toEqual([id]);
    await makeDue(test.database.db, id, false, test.clock.now());
    expect(await claim()).toEqual([]);
  });

  it('[ADM-14] ends a message at the next round when it was given up during a try', async () => {
    const id = await waiting();
    expect(await claim()).toEqual([id]);
    const { db } = test.database;
    await makeDue(db, id, true, test.clock.now());
    const outcome = {
      recipientId: id,
      state: 'waiting' as const,
      nextAt: new Date(test.clock.ms() + HOUR),
      status: '4.0.0',
      reply: 'later',
      remote: undefined,
      delayTold: false,
    };
    await db.transaction().execute((tx) => settleRecipients(tx, [outcome], test.clock.now()));
    const now = test.clock.now();
    const [row] = await claimDue(db, now, new Date(now.getTime() + HOUR), 10, []);
    expect(row).toMatchObject({ recipientId: id, givenUp: true });
  });

  it('[ADM-14] holds mail back and lets it go on', async () => {
    const id = await waiting();
    expect((await chen.post(`/console/queue/${id}/hold`)).status).toBe(200);
    expect(await claim()).toEqual([]);
    const { body } = await chen.get<{ items: { id: number; state: string }[] }>(
      '/console/queue?search=far.example',
    );
    expect(body.items.find((item) => item.id === id)?.state).toBe('held');
    await setHeld(test.database.db, id, false, test.clock.now());
    expect(await claim()).toEqual([id]);
    expect((await chen.post('/console/queue/1/hold')).status).toBe(404);
  });

  it('[ADM-14] is closed to everybody else', async () => {
    const id = await waiting();
    for (const name of ['zhangwei', 'liqiang'])
      for (const act of ['hold', 'release', 'retry', 'bounce'])
        expect((await (await test.as(name)).post(`/console/queue/${id}/${act}`)).status).toBe(403);
    expect((await test.stranger.post(`/console/queue/${id}/hold`)).status).toBe(401);
  });
});
