import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import type { Criterion } from '../../src/mail/index.ts';
import { body, type StoreFixture, storeFixture } from './fixtures.ts';

let fixture: StoreFixture;
const scope = { accountId: 9_001, readerId: 9_001 };
const LONG = 777;

beforeAll(async () => {
  fixture = await storeFixture();
  const { store, database, clock } = fixture;
  for (let from = 0; from < 1_300; from += 100) {
    const bodies = await Promise.all(
      Array.from({ length: 100 }, (_, at) => {
        const n = from + at;
        const text =
          n === LONG
            ? `${'lorem ipsum '.repeat(2_000)}\r\n深水埗的针`
            : `Number ${n} 第${n}号 ${n % 10 === 0 ? '关于放假的通知' : 'plain letter'}`;
        return body(
          store,
          `From: "王 芳" <w${n % 7}@beichen.test>\r\nSubject: subject-${n}\r\nMessage-ID: <${n}@s>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`,
        );
      }),
    );
    await transaction(database.db, (tx) =>
      store.deliver(
        tx,
        bodies.map((one) => ({
          accountId: scope.accountId,
          shared: false,
          body: one,
          prefix: Buffer.alloc(0),
          receivedAt: clock.now(),
          recipientId: undefined,
        })),
      ),
    );
  }
  await store.searchIndex.settle();
});
afterAll(() => fixture.close());

async function count(criterion: Criterion): Promise<number> {
  const { store, database } = fixture;
  const inbox = await store.mailboxByRole(database.db, scope, 'inbox');
  return (await store.search(database.db, scope, inbox?.id ?? 0, criterion)).uids.length;
}
const text = (value: string, where: 'text' | 'body' | 'subject' | 'from' = 'text'): Criterion => ({
  is: 'text',
  where,
  value,
});

describe('search with the index', () => {
  it('[MAIL-4] holds most of the mailbox in blocks', async () => {
    const { rows } = await fixture.database.pool.query(
      'select count(*)::int as blocks from mail.search_block where account_id = 9001',
    );
    expect(rows[0].blocks).toBeGreaterThan(0);
  });

  it('[MAIL-4] finds words, parts of words, one and two Chinese characters, in every part of the mailbox', async () => {
    expect(await count(text('放假'))).toBe(130);
    expect(await count(text('假'))).toBe(130);
    expect(await count(text('第7号'))).toBe(1);
    expect(await count(text('第1299号'))).toBe(1);
    expect(await count(text('umber 12'))).toBe(111);
    expect(await count(text('NUMBER 12'))).toBe(111);
    expect(await count(text('subject-77', 'subject'))).toBe(11);
    expect(await count(text('王 芳', 'from'))).toBe(1_300);
    expect(await count(text('nothing like it'))).toBe(0);
    expect(await count(text('第'))).toBe(1_299);
  });

  it('[MAIL-4] finds what stands deep in a long text, kept compressed', async () => {
    expect(await count(text('深水埗的针', 'body'))).toBe(1);
    expect(await count(text('埗'))).toBe(1);
    expect(await count({ is: 'not', of: text('埗') })).toBe(1_299);
    expect(await count({ is: 'and', of: [text('lorem'), text('针')] })).toBe(1);
  });

  it('[MAIL-4] two letters are found too, by looking at everything', async () => {
    expect(await count(text('um', 'body'))).toBe(1_300);
    expect(await count(text('qz'))).toBe(0);
  });

  it('[MAIL-3] SEARCH HEADER goes through the index as well', async () => {
    expect(await count({ is: 'header', field: 'Message-ID', value: '<777@s>' })).toBe(1);
    expect(await count({ is: 'header', field: 'Subject', value: '' })).toBe(1_300);
  });

  it('a process that starts takes up what another left', async () => {
    const { store, database } = fixture;
    await database.pool.query('delete from mail.search_block');
    await database.pool.query('delete from mail.search_cursor');
    expect(await count(text('放假'))).toBe(130);
    await store.searchIndex.catchUp();
    await store.searchIndex.settle();
    const { rows } = await database.pool.query('select count(*)::int as n from mail.search_cursor');
    expect(rows[0].n).toBe(1);
    expect(await count(text('放假'))).toBe(130);
  });
});
