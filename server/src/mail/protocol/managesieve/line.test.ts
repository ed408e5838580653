import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteString, tokenizeLine } from './line.ts';

describe('[MAIL-3] ManageSieve lines', () => {
  it.each([
    ['noop', [{ kind: 'word', text: 'NOOP' }], undefined],
    [
      'PutScript "a\\"b\\\\" {31+}',
      [
        { kind: 'word', text: 'PUTSCRIPT' },
        { kind: 'string', text: 'a"b\\' },
      ],
      31,
    ],
    [
      'HAVESPACE "中文" 99',
      [
        { kind: 'word', text: 'HAVESPACE' },
        { kind: 'string', text: '中文' },
        { kind: 'number', value: 99 },
      ],
      undefined,
    ],
    ['{5}', [], 5],
    ['', [], undefined],
  ])('%s', (line, tokens, literal) => {
    expect(tokenizeLine(line)).toEqual({ tokens, literal });
  });

  it.each(['a"b"', '"open', '"bad \\n"', 'GET {5+} more', '%', '"a""b"', '12x'])('refuses %s', (line) => {
    expect(tokenizeLine(line)).toBeUndefined();
  });

  it('reads every short string that it writes, and no line makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        tokenizeLine(text);
        const quoted = quoteString(text);
        if (quoted.startsWith('"')) expect(tokenizeLine(quoted)?.tokens).toEqual([{ kind: 'string', text }]);
      }),
    );
  });
});
