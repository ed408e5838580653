import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSrs } from './srs.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const srs = createSrs(Buffer.alloc(32, 7), 'beichen.test');

describe('[MAIL-1] sender rewriting', () => {
  it('makes an address of ours that leads back, whatever case it comes in', () => {
    const made = srs.forward('anna@example.test', NOW) ?? '';
    expect(made).toMatch(/^SRS0=[a-z2-7]{8}=[a-z2-7]{2}=example\.test=anna@beichen\.test$/);
    expect(srs.reverse(made, later(20))).toBe('anna@example.test');
    expect(srs.reverse(made.toUpperCase(), NOW)).toBe('ANNA@EXAMPLE.TEST');
  });

  it('refuses what is forged, too old, or of another key', () => {
    const made = srs.forward('anna@example.test', NOW) ?? '';
    expect(srs.reverse(made.replace('anna', 'boss'), NOW)).toBeUndefined();
    expect(srs.reverse(made, later(22))).toBeUndefined();
    expect(createSrs(Buffer.alloc(32, 8), 'beichen.test').reverse(made, NOW)).toBeUndefined();
    expect(srs.reverse('anna@beichen.test', NOW)).toBeUndefined();
    expect(srs.reverse('SRS0=aaaaaaaa=aa@beichen.test', NOW)).toBeUndefined();
  });

  it('points back to the first forwarder when it has been rewritten before', () => {
    const first = createSrs(Buffer.alloc(32, 1), 'one.test');
    const second = createSrs(Buffer.alloc(32, 2), 'two.test');
    const one = first.forward('a@from.test', NOW) ?? '';
    const two = second.forward(one, NOW) ?? '';
    expect(two).toMatch(/^SRS1=[a-z2-7]{8}=one\.test==.*@two\.test$/);
    const three = srs.forward(two, NOW) ?? '';
    expect(three).toMatch(/^SRS1=[a-z2-7]{8}=one\.test==.*@beichen\.test$/);
    const back = srs.reverse(three, NOW) ?? '';
    expect(first.reverse(back, NOW)).toBe('a@from.test');
  });

  it('never answers an address that it did not make', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `SRS0=${text}@beichen.test`),
          fc.string().map((text) => `SRS1=${text}@beichen.test`),
        ),
        (text) => {
          expect(srs.reverse(text, NOW)).toBeUndefined();
        },
      ),
    );
  });
});
