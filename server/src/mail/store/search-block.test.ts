import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryGrams } from './grams.ts';
import { columnsIn, createBlockBuilder, MESSAGES, sliceRange } from './search-block.ts';

function find(texts: readonly string[], value: string): number[] {
  const builder = createBlockBuilder(MESSAGES);
  for (const [index, text] of texts.entries()) builder.add(index + 1, text);
  const { slices, ids } = builder.finish();
  const wanted = queryGrams(value).map((gram) => {
    const { start, length } = sliceRange(MESSAGES, gram);
    return slices.subarray(start, start + length);
  });
  return columnsIn(wanted, ids);
}

const word = fc.string({
  unit: fc.constantFrom(...'abc de.@中文邮件通知一日本語한글🙂ü'),
  minLength: 1,
  maxLength: 40,
});

describe('search index blocks', () => {
  it('[MAIL-4] never miss a text that holds the value, whatever the script and wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        word,
        word,
        word,
        (others, before, value, after) => {
          const found = find([...others, before + value + after], value);
          expect(queryGrams(value).length === 0 || found.includes(others.length + 1)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('find a value across the seam of two columns of a long text', () => {
    const text = `${'x'.repeat(1_990)}黄河远上白云间${'y'.repeat(3_000)}`;
    expect(find([text], '黄河远上白云间')).toEqual([1]);
    expect(find([text], 'xxx黄河远上白云间yyy')).toEqual([1]);
  });

  it('leave out nearly everything that does not hold the value', () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      `report number ${index} of the faculty`.repeat(3),
    );
    expect(find(texts, 'quarterly budget').length).toBeLessThan(5);
    expect(find(texts, '预算').length).toBeLessThan(5);
  });

  it('cannot tell for one or two letters', () => {
    expect(queryGrams('ab')).toEqual([]);
    expect(queryGrams('中').length).toBe(1);
  });
});
