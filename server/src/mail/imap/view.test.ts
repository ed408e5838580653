import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uidList } from './uid-list.ts';
import { createView, type EntryState } from './view.ts';

/** A mailbox that only this test knows: the truth that every client must end up with. */
interface Truth {
  modseq: number;
  uidNext: number;
  entries: Map<number, EntryState>;
  dead: { uid: number; modseq: number }[];
}

type Act =
  | { what: 'add' }
  | { what: 'flag'; pick: number }
  | { what: 'expunge'; pick: number }
  | { what: 'sync'; expunge: boolean };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant({ what: 'add' as const }),
  fc.nat(50).map((pick) => ({ what: 'flag' as const, pick })),
  fc.nat(50).map((pick) => ({ what: 'expunge' as const, pick })),
  fc.boolean().map((expunge) => ({ what: 'sync' as const, expunge })),
);

test('[MAIL-1] a client that counts EXISTS, EXPUNGE and FETCH ends with the flags and messages of the mailbox', () => {
  fc.assert(
    fc.property(fc.nat(6), fc.array(act, { maxLength: 60 }), (start, acts) => {
      const truth: Truth = { modseq: 1, uidNext: 1, entries: new Map(), dead: [] };
      for (let n = 0; n < start; n++) add(truth);
      const view = createView(uidList([...truth.entries.keys()]), truth.modseq);
      const client: (string | undefined)[] = [...truth.entries.values()].map((entry) =>
        entry.flags.join(' '),
      );
      for (const step of [...acts, { what: 'sync' as const, expunge: true }]) {
        if (step.what === 'sync') sync(truth, view, client, step.expunge);
        else change(truth, step);
      }
      expect(client).toHaveLength(truth.entries.size);
      expect([...view.uids]).toEqual([...truth.entries.keys()]);
      // Messages never fetched (new ones) have no flags at the client yet; told ones must be right.
      for (const [index, entry] of [...truth.entries.values()].entries()) {
        if (client[index] !== undefined) expect(client[index]).toBe(entry.flags.join(' '));
      }
    }),
  );
});

test('[MAIL-1] a change made by the session itself is not told twice', () => {
  const view = createView(uidList([1, 2]), 5);
  view.own(6);
  view.absorb({
    modseq: 7,
    changed: [
      { uid: 1, modseq: 6, flags: ['\\Seen'] },
      { uid: 2, modseq: 7, flags: [] },
    ],
    vanished: [],
  });
  expect(view.announce({ expunge: true, condstore: true, qresync: false, uidOnly: false })).toEqual([
    '* 2 FETCH (UID 2 MODSEQ (7) FLAGS ())',
  ]);
});

test('[MAIL-1] expunges wait until they may be told, and numbers stay what the client knows', () => {
  const view = createView(uidList([1, 2, 3]), 5);
  view.absorb({ modseq: 6, changed: [{ uid: 3, modseq: 6, flags: ['\\Seen'] }], vanished: [1] });
  expect(view.isGone(1)).toBe(true);
  expect(view.announce({ expunge: false, condstore: false, qresync: false, uidOnly: false })).toEqual([
    '* 3 FETCH (UID 3 FLAGS (\\Seen))',
  ]);
  expect(view.announce({ expunge: true, condstore: false, qresync: false, uidOnly: false })).toEqual([
    '* 1 EXPUNGE',
  ]);
  expect(view.uids.sequenceOf(3)).toBe(2);
});

function add(truth: Truth): void {
  truth.modseq++;
  truth.entries.set(truth.uidNext, { uid: truth.uidNext, modseq: truth.modseq, flags: [] });
  truth.uidNext++;
}

function change(truth: Truth, step: Act): void {
  const keys = [...truth.entries.keys()];
  if (step.what === 'add') add(truth);
  else if (step.what !== 'sync' && keys.length > 0) {
    const uid = keys[step.pick % keys.length] ?? 0;
    truth.modseq++;
    if (step.what === 'flag')
      truth.entries.set(uid, { uid, modseq: truth.modseq, flags: [`k${truth.modseq}`] });
    else {
      truth.entries.delete(uid);
      truth.dead.push({ uid, modseq: truth.modseq });
    }
  }
}

function sync(
  truth: Truth,
  view: ReturnType<typeof createView>,
  client: (string | undefined)[],
  expunge: boolean,
): void {
  view.absorb({
    modseq: truth.modseq,
    changed: [...truth.entries.values()].filter((entry) => entry.modseq > view.modseq),
    vanished: truth.dead.filter((entry) => entry.modseq > view.modseq).map((entry) => entry.uid),
  });
  for (const line of view.announce({ expunge, condstore: false, qresync: false, uidOnly: false })) {
    const number = Number(/^\* (\d+)/.exec(line)?.[1]);
    expect(number).toBeGreaterThan(0);
    if (line.endsWith(' EXPUNGE')) {
      expect(number).toBeLessThanOrEqual(client.length);
      expect(expunge).toBe(true);
      client.splice(number - 1, 1);
    } else if (line.endsWith(' EXISTS')) {
      expect(number).toBeGreaterThanOrEqual(client.length);
      while (client.length < number) client.push(undefined);
    } else client[number - 1] = /FLAGS \((.*)\)\)$/.exec(line)?.[1];
  }
}
