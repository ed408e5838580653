import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import { FLAG, type Scope, StoreError } from '../../src/mail/store/index.ts';
import { body, letter, type StoreFixture, storeFixture } from './fixtures.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const own = (accountId: number): Scope => ({ accountId, readerId: accountId });
const all = [{ from: 1, to: Number.POSITIVE_INFINITY }];

async function inboxOf(scope: Scope): Promise<number> {
  const list = await fixture.store.mailboxes(fixture.database.db, scope);
  return list.find((mailbox) => mailbox.role === 'inbox')?.id ?? 0;
}

async function put(accountId: number, ...letters: string[]): Promise<void> {
  const { store, database, clock } = fixture;
  for (const text of letters) {
    const stored = await body(store, text);
    await transaction(database.db, (tx) =>
      store.deliver(tx, [
        {
          accountId,
          shared: false,
          body: stored,
          prefix: Buffer.from('Delivered-To: x\r\n'),
          receivedAt: clock.now(),
          recipientId: undefined,
        },
      ]),
    );
  }
}

describe('mail store', () => {
  it('[MAIL-1] makes the standard folders at the first delivery and keeps counts, UIDs and modseq', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(1, letter({ subject: '一' }), letter({ subject: '二' }));
    const boxes = await store.mailboxes(db, own(1));
    expect(boxes.map((box) => box.path)).toEqual(['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash']);
    const inbox = boxes.find((box) => box.role === 'inbox');
    expect(inbox).toMatchObject({ total: 2, unseen: 2, uidNext: 3, highestModseq: 3 });
    const entries = await store.entries(db, own(1), inbox?.id ?? 0);
    expect(entries.map((entry) => [entry.uid, entry.modseq])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(fixture.signals.sent).toContain(`mail 1:3:${inbox?.id}`);
  });

  it('[MAIL-1] serves the same octets as the size says, prefix included, small and large', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(2, letter({ text: 'small' }), letter({ text: 'x'.repeat(70).concat('\n').repeat(9_000) }));
    const inbox = await inboxOf(own(2));
    for (const entry of await store.entries(db, own(2), inbox)) {
      const message = await store.open(db, 2, entry.messageId);
      const bytes = await message?.bytes();
      expect(bytes?.length).toBe(entry.size);
      expect(bytes?.subarray(0, 17).toString()).toBe('Delivered-To: x\r\n');
      expect(await message?.bytes(10, 40)).toEqual(bytes?.subarray(10, 40));
      const headers = await store.headers(db, 2, [entry.messageId]);
      expect(headers.get(entry.messageId)?.toString()).toBe(
        bytes?.subarray(0, (message?.prefixSize ?? 0) + (message?.headerSize ?? 0)).toString(),
      );
    }
  });

  it('[MAIL-1] stores one body for a hundred recipients', async () => {
    const { store, database, clock } = fixture;
    const stored = await body(store, letter({ text: '各位老师:请查收。' }));
    const before = await database.pool.query('select count(*)::int as n from mail.body');
    await transaction(database.db, (tx) =>
      store.deliver(
        tx,
        Array.from({ length: 100 }, (_, index) => ({
          accountId: 1000 + index,
          shared: false,
          body: stored,
          prefix: Buffer.from(`Delivered-To: u${index}\r\n`),
          receivedAt: clock.now(),
          recipientId: 5000 + index,
        })),
      ),
    );
    const after = await database.pool.query('select count(*)::int as n from mail.body');
    expect(after.rows[0].n - before.rows[0].n).toBe(1);
    expect((await store.usage(database.db, 1050)).messages).toBe(1);
    await expect(
      transaction(database.db, (tx) =>
        store.deliver(tx, [
          {
            accountId: 1000,
            shared: false,
            body: stored,
            prefix: Buffer.alloc(0),
            receivedAt: clock.now(),
            recipientId: 5000,
          },
        ]),
      ),
    ).rejects.toThrow();
  });

  it('[MAIL-3] has an inbox for who looks before the first mail came', async () => {
    const { store, database } = fixture;
    expect((await store.mailboxByPath(database.db, own(7_777), 'INBOX'))?.role).toBe('inbox');
    expect(await store.mailboxByPath(database.db, own(7_777), 'Nowhere')).toBeUndefined();
  });

  it('[MAIL-1] twenty deliveries at once get unique UIDs without gaps', async () => {
    await Promise.all(Array.from({ length: 20 }, () => put(3, letter())));
    const selected = await fixture.store.select(fixture.database.db, own(3), await inboxOf(own(3)));
    expect(selected?.uids).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('changes flags with counts, honours unchangedSince, and expunges with tombstones', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(4, letter(), letter(), letter());
    const inbox = await inboxOf(own(4));
    const first = await store.setFlags(db, own(4), inbox, {
      uids: [{ from: 1, to: 2 }],
      mode: 'add',
      flags: FLAG.seen | FLAG.deleted,
      keywords: ['$Work'],
    });
    expect(first.entries.map((entry) => entry.flags)).toEqual([9, 9]);
    expect(await store.mailbox(db, own(4), inbox)).toMatchObject({ unseen: 1, deleted: 2, total: 3 });
    const refused = await store.setFlags(db, own(4), inbox, {
      uids: all,
      mode: 'replace',
      flags: 0,
      keywords: [],
      unchangedSince: first.modseq - 1,
    });
    expect(refused.refused).toEqual([1, 2]);
    const gone = await store.expunge(db, own(4), inbox, {});
    expect(gone.uids).toEqual([1, 2]);
    expect(await store.vanished(db, own(4), inbox, first.modseq)).toEqual([1, 2]);
    expect(await store.mailbox(db, own(4), inbox)).toMatchObject({
      unseen: 1,
      deleted: 0,
      total: 1,
      uidNext: 4,
    });
    const changes = await store.changes(db, 4, first.modseq);
    expect(changes?.emails.destroyed).toHaveLength(2);
    expect((await store.usage(db, 4)).messages).toBe(1);
  });

  it('copies and moves inside an account and into another one', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(5, letter({ id: 'm1' }), letter({ id: 'm2' }));
    const inbox = await inboxOf(own(5));
    const trash = await store.mailboxByRole(db, own(5), 'trash');
    const copied = await store.copy(db, own(5), inbox, all, { scope: own(5), mailboxId: trash?.id ?? 0 });
    expect(copied.pairs).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 2 },
    ]);
    const moved = await store.move(db, own(5), inbox, [{ from: 2, to: 9 }], {
      scope: own(5),
      mailboxId: trash?.id ?? 0,
    });
    expect(moved.pairs).toEqual([{ from: 2, to: 3 }]);
    const emails = await store.emails(
      db,
      own(5),
      (await store.entries(db, own(5), trash?.id ?? 0)).map((entry) => entry.messageId),
    );
    expect(emails.map((email) => email.entries.length)).toEqual([2, 2, 2]);
    await inboxOf(own(6));
    const across = await store.copy(db, own(5), trash?.id ?? 0, [{ from: 1, to: 1 }], {
      scope: own(6),
      mailboxId: await inboxOf(own(6)),
    });
    expect(across.pairs).toHaveLength(1);
    const [entry] = await store.entries(db, own(6), await inboxOf(own(6)));
    expect((await store.open(db, 6, entry?.messageId ?? 0))?.rfcId).toBe('m1');
    await expect(store.copy(db, own(5), inbox, all, { scope: own(5), mailboxId: 999_999 })).rejects.toThrow(
      StoreError,
    );
  });

  it('renames a tree, refuses what cannot be, moves the inbox on rename', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(7, letter());
    const leaf = await store.createMailbox(db, own(7), { path: '项目/2026/开学' });
    const root = await store.mailboxByPath(db, own(7), '项目');
    await store.renameMailbox(db, own(7), root?.id ?? 0, '工作/项目');
    expect((await store.mailbox(db, own(7), leaf.id))?.path).toBe('工作/项目/2026/开学');
    await expect(store.renameMailbox(db, own(7), root?.id ?? 0, '工作/项目/2026/x')).rejects.toMatchObject({
      code: 'invalid_name',
    });
    await expect(store.createMailbox(db, own(7), { path: 'inbox' })).rejects.toMatchObject({
      code: 'exists',
    });
    await expect(
      store.deleteMailbox(db, own(7), root?.id ?? 0, { removeMessages: true }),
    ).rejects.toMatchObject({ code: 'has_children' });
    const kept = await store.renameMailbox(db, own(7), await inboxOf(own(7)), '旧邮件');
    expect(kept.total).toBe(1);
    expect((await store.mailboxByRole(db, own(7), 'inbox'))?.total).toBe(0);
    await store.deleteMailbox(db, own(7), kept.id, { removeMessages: true });
    expect(await store.mailbox(db, own(7), kept.id)).toBeUndefined();
  });

  it('keeps "seen" of a unit mailbox per reader', async () => {
    const { store, database, clock } = fixture;
    const stored = await body(store, letter());
    await transaction(database.db, (tx) =>
      store.deliver(tx, [
        {
          accountId: 50,
          shared: true,
          body: stored,
          prefix: Buffer.alloc(0),
          receivedAt: clock.now(),
          recipientId: undefined,
        },
      ]),
    );
    const anna = { accountId: 50, readerId: 51 };
    const bob = { accountId: 50, readerId: 52 };
    const inbox = await inboxOf(anna);
    await store.setFlags(database.db, anna, inbox, {
      uids: all,
      mode: 'add',
      flags: FLAG.seen | FLAG.flagged,
      keywords: [],
    });
    expect((await store.entries(database.db, anna, inbox))[0]?.flags).toBe(5);
    expect((await store.entries(database.db, bob, inbox))[0]?.flags).toBe(4);
    expect([
      (await store.mailbox(database.db, anna, inbox))?.unseen,
      (await store.mailbox(database.db, bob, inbox))?.unseen,
    ]).toEqual([0, 1]);
    expect(
      (await store.search(database.db, bob, inbox, { is: 'not', of: { is: 'flag', flag: FLAG.seen } })).uids,
    ).toEqual([1]);
    await store.expunge(database.db, bob, inbox, { uids: all, any: true });
    expect((await store.mailbox(database.db, anna, inbox))?.unseen).toBe(0);
  });

  it('[MAIL-3] finds Chinese inside sentences, headers, dates and sizes', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(
      8,
      letter({
        subject: '关于做好期末考试工作的通知',
        from: '=?utf-8?B?546L6Iqz?= <wangfang@beichen.test>',
        text: '请各单位于本周五前报送名单。100% _done',
      }),
      letter({ subject: 'Other', text: 'nothing' }),
    );
    const inbox = await inboxOf(own(8));
    const find = async (criterion: Parameters<typeof store.search>[3]) =>
      (await store.search(db, own(8), inbox, criterion)).uids;
    expect(await find({ is: 'text', where: 'subject', value: '期末' })).toEqual([1]);
    expect(await find({ is: 'text', where: 'body', value: '五前报送' })).toEqual([1]);
    expect(await find({ is: 'text', where: 'from', value: '王芳' })).toEqual([1]);
    expect(await find({ is: 'text', where: 'text', value: '100% _DONE' })).toEqual([1]);
    expect(await find({ is: 'header', field: 'Subject', value: '考试' })).toEqual([1]);
    expect(await find({ is: 'header', field: 'X-None', value: '' })).toEqual([]);
    expect(await find({ is: 'not', of: { is: 'text', where: 'subject', value: 'other' } })).toEqual([1]);
    expect(
      await find({
        is: 'or',
        of: [
          { is: 'uid', ranges: [{ from: 2, to: 2 }] },
          { is: 'size', largerThan: 1e9 },
        ],
      }),
    ).toEqual([2]);
  });

  it('[MAIL-3] joins conversations and pages through them by key', async () => {
    const {
      store,
      database: { db },
      clock,
    } = fixture;
    for (let index = 0; index < 12; index++) {
      await put(9, letter({ id: `t${index}`, subject: `话题${index}` }));
      clock.travel(1_000);
      await put(9, letter({ id: `r${index}`, subject: `回复:话题${index}`, replyTo: `t${index}` }));
      clock.travel(1_000);
    }
    const inbox = await inboxOf(own(9));
    const base = {
      filter: { is: 'inMailbox', mailboxId: inbox } as const,
      sort: [{ by: 'received', descending: true } as const],
      collapseThreads: true,
    };
    const first = await store.query(db, own(9), { ...base, limit: 5, total: true });
    expect(first.total).toBe(12);
    const second = await store.query(db, own(9), {
      ...base,
      limit: 20,
      afterMessageId: first.messageIds.at(-1) ?? 0,
    });
    expect(second.messageIds).toHaveLength(7);
    expect(new Set([...first.threadIds, ...second.threadIds]).size).toBe(12);
    const bySubject = await store.query(db, own(9), {
      filter: { is: 'all' },
      sort: [
        { by: 'subject', descending: false },
        { by: 'received', descending: true },
      ],
      collapseThreads: false,
      limit: 4,
    });
    const rest = await store.query(db, own(9), {
      filter: { is: 'all' },
      sort: [
        { by: 'subject', descending: false },
        { by: 'received', descending: true },
      ],
      collapseThreads: false,
      limit: 100,
      afterMessageId: bySubject.messageIds[3] ?? 0,
    });
    expect(rest.messageIds).toHaveLength(20);
    expect((await store.threads(db, 9, [first.threadIds[0] ?? 0])).get(first.threadIds[0] ?? 0)).toHaveLength(
      2,
    );
  });

  it('a reply that comes first and its parents end up in one thread', async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(
      10,
      letter({ id: 'x1', subject: 'S' }),
      letter({ id: 'x3', subject: 'Re: S', replyTo: 'x2' }),
      letter({ id: 'x2', subject: 'Re: S', replyTo: 'x1' }),
    );
    const entries = await store.entries(db, own(10), await inboxOf(own(10)));
    expect(new Set(entries.map((entry) => entry.threadId)).size).toBe(1);
  });

  it("answers JMAP's Email/set in one modseq and changes between any two states", async () => {
    const {
      store,
      database: { db },
    } = fixture;
    await put(11, letter(), letter());
    const inbox = await inboxOf(own(11));
    const archive = (await store.mailboxByRole(db, own(11), 'archive'))?.id ?? 0;
    const [one, two] = await store.entries(db, own(11), inbox);
    const before = await store.state(db, 11);
    const result = await store.updateEmails(db, own(11), [
      { messageId: one?.messageId ?? 0, mailboxIds: [archive], addFlags: FLAG.seen, addKeywords: ['$work'] },
      { messageId: two?.messageId ?? 0, mailboxIds: [] },
      { messageId: 1, addFlags: 1 },
    ]);
    expect(result).toMatchObject({ updated: [one?.messageId], destroyed: [two?.messageId], notFound: [1] });
    const changes = await store.changes(db, 11, before);
    expect(changes).toMatchObject({
      newState: before + 1,
      emails: { created: [], updated: [one?.messageId], destroyed: [two?.messageId] },
    });
    expect(changes?.mailboxes.counts.sort()).toEqual([inbox, archive].sort());
    expect((await store.entries(db, own(11), archive))[0]).toMatchObject({ flags: 1, keywords: ['$work'] });
    expect(await store.changes(db, 11, before + 99)).toBeUndefined();
  });

  it('refuses an APPEND over quota and takes a sweep without losing what is in use', async () => {
    const {
      store,
      database: { db, pool },
      clock,
    } = fixture;
    await put(12, letter());
    const inbox = await inboxOf(own(12));
    const stored = await body(store, letter({ text: 'y'.repeat(50_000) }));
    await expect(
      store.append(db, own(12), [{ body: stored, mailboxIds: [inbox] }], { quotaBytes: 1_000 }),
    ).rejects.toMatchObject({ code: 'over_quota' });
    const [done] = await store.append(db, own(12), [
      { body: stored, mailboxIds: [inbox], flags: FLAG.draft },
    ]);
    await store.expunge(db, own(12), inbox, { uids: [{ from: 1, to: 1 }], any: true });
    clock.travel(40 * 86_400_000);
    let swept = { bodies: 0, messages: 0 };
    for (let turn = 0; turn < 16; turn++) {
      const now = await store.sweep();
      swept = { bodies: swept.bodies + now.bodies, messages: swept.messages + now.messages };
    }
    expect(swept.messages).toBeGreaterThan(0);
    expect(swept.bodies).toBeGreaterThan(0);
    expect((await store.open(db, 12, done?.messageId ?? 0))?.size).toBe(stored.size);
    expect(await store.vanished(db, own(12), inbox, 1)).toBeUndefined();
    const dangling = await pool.query(
      'select count(*)::int as n from mail.message m left join mail.body b on b.hash = m.body_hash where b.hash is null',
    );
    expect(dangling.rows[0].n).toBe(0);
  });
});
