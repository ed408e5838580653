import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDataDecoder,
  decodeXtext,
  encodeXtext,
  parseCommand,
  parseMailbox,
  parsePath,
} from './index.ts';

/** What a client does to a message before sending it (RFC 5321 §4.5.2). */
const stuff = (text: string) => `${text.replace(/(^|\r\n)\./g, '$1..')}`;

describe('SMTP grammar', () => {
  it('[MAIL-1] the data that goes in comes out, however it is cut, with what follows', () => {
    const line = fc.oneof(
      fc.constantFrom('', '.', '..', '.a', 'a.', '...'),
      fc.string().map((text) => text.replace(/[\r\n]/g, '')),
    );
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (lines, cuts) => {
          const message = lines.map((one) => `${one}\r\n`).join('');
          const wire = Buffer.from(`${stuff(message)}.\r\nRSET\r\n`);
          const decoder = createDataDecoder();
          const out: Buffer[] = [];
          let rest: Buffer | undefined;
          for (let at = 0, turn = 0; at < wire.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            const piece = decoder.push(wire.subarray(at, at + size));
            out.push(...piece.out);
            at += size;
            if (piece.done) {
              rest = Buffer.concat([piece.rest, wire.subarray(at)]);
              break;
            }
          }
          expect(Buffer.concat(out).toString()).toBe(Buffer.from(message).toString());
          expect(rest?.toString()).toBe('RSET\r\n');
          expect(decoder.bare).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('[MAIL-1] nothing but CRLF.CRLF ends the data, and a bare line end is noticed', () => {
    for (const wire of ['a\n.\r\nb', 'a\r\n.\nb', 'a\n.\nb', 'a\r.\rb', 'a\r\n.\rb']) {
      const decoder = createDataDecoder();
      expect(decoder.push(Buffer.from(wire)).done, JSON.stringify(wire)).toBe(false);
      expect(decoder.bare).toBe(true);
    }
  });

  it('reads paths with parameters and refuses odd ones', () => {
    const options = { allowNull: true, domain: 'beichen.test' };
    expect(parsePath('<a@B.test> SIZE=10 BODY=8BITMIME', options)?.path?.address).toBe('a@b.test');
    expect(parsePath('<>', options)).toEqual({ path: undefined, params: new Map() });
    expect(parsePath('<"a b"@b.test>', options)?.path?.local).toBe('"a b"');
    expect(parsePath('<@x:a@b.test>', options)?.path?.address).toBe('a@b.test');
    expect(parsePath('<Postmaster>', { ...options, allowNull: false })?.path?.address).toBe(
      'Postmaster@beichen.test',
    );
    for (const bad of [
      'a@b.test',
      '<a@b.test',
      '<a@b..test>',
      '<a@-b.test>',
      '<a..b@c.test>',
      '<a@b.test> SIZE=1 SIZE=2',
      '<@>',
      '<a>',
      '<a b@c>',
    ]) {
      expect(parsePath(bad, options), bad).toBeUndefined();
    }
    expect(parseMailbox('张伟@例子.test')?.utf8).toBe(true);
  });

  it('never throws on what strangers send', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
        parseCommand(Buffer.from(bytes));
        parsePath(text, { allowNull: true, domain: 'x' });
        createDataDecoder().push(Buffer.from(bytes));
      }),
    );
    expect(parseCommand(Buffer.from('mail FROM:<a@b>'))).toEqual({ verb: 'MAIL', rest: 'FROM:<a@b>' });
    expect(parseCommand(Buffer.from('QUIT'))).toEqual({ verb: 'QUIT', rest: '' });
    expect(parseCommand(Buffer.from([0xff, 0x41]))).toBeUndefined();
  });

  it('xtext survives the round trip', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(decodeXtext(encodeXtext(text))).toBe(text);
      }),
    );
  });
});
