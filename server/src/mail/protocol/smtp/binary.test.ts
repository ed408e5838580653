import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBinaryDetector } from './binary.ts';

const isBinary = (...chunks: string[]) => {
  const detector = createBinaryDetector();
  return chunks.map((chunk) => detector.push(Buffer.from(chunk, 'latin1'))).at(-1);
};

it('[MAIL-1] tells text from what DATA cannot carry, however it is cut', () => {
  expect(isBinary('a\r\nb\xff')).toBe(false);
  expect(isBinary('a\r', '\nb')).toBe(false);
  expect(isBinary('a\nb')).toBe(true);
  expect(isBinary('a\r', 'b')).toBe(true);
  expect(isBinary('a\0b')).toBe(true);
  expect(isBinary('\n')).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0') }), fc.nat(20), (text, cut) => {
      const rest = `${text}.`;
      expect(isBinary(rest.slice(0, cut), rest.slice(cut))).toBe(/\0|(?<!\r)\n|\r(?!\n)/.test(rest));
    }),
  );
});
