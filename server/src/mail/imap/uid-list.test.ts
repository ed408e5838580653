import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeRanges } from '../protocol/imap/index.ts';
import { uidList } from './uid-list.ts';

const uids = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 })
  .map((list) => list.sort((a, b) => a - b));
const ranges = fc
  .array(fc.record({ low: fc.integer({ min: 1, max: 70 }), size: fc.nat(10) }), { maxLength: 5 })
  .map((list) => mergeRanges(list.map(({ low, size }) => ({ low, high: low + size }))));

test('[MAIL-1] a UID list answers like a plain array of UIDs', () => {
  fc.assert(
    fc.property(uids, ranges, fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (plain, wanted, gone) => {
      const list = uidList(plain);
      const inside = (value: number) => wanted.some((range) => value >= range.low && value <= range.high);
      expect([...list]).toEqual(plain);
      expect(list.length).toBe(plain.length);
      expect(list.last()).toBe(plain.at(-1) ?? 0);
      for (let n = 0; n <= 61; n++) {
        expect(list.at(n)).toBe(n === 0 ? undefined : plain[n - 1]);
        expect(list.sequenceOf(n)).toBe(plain.indexOf(n) + 1);
      }
      expect(list.within(wanted)).toEqual(plain.filter(inside));
      expect(list.atSequences(wanted)).toEqual(plain.filter((_, index) => inside(index + 1)));
      expect([...list.without(new Set(gone))]).toEqual(plain.filter((uid) => !gone.includes(uid)));
      const more = [list.last() + 1, list.last() + 5];
      expect([...list.with(more)]).toEqual([...plain, ...more]);
      expect(list.with(more).sequenceOf(list.last() + 5)).toBe(plain.length + 2);
    }),
  );
});
