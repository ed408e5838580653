import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataDecoder } from './data.ts';
import { dotStuff } from './dot-stuff.ts';
import { createReplyReader, parseExtensions, ReplyError } from './reply.ts';

describe('replies of other servers', () => {
  it('[MAIL-2] come whole however they are cut', () => {
    const text =
      '220 mx.test ESMTP\r\n250-mx.test\r\n250-SIZE 1000\r\n250-AUTH=LOGIN\r\n250 DSN\r\n550 5.1.1 no\n';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }), (cuts) => {
        const reader = createReplyReader();
        const replies = [];
        let at = 0;
        for (const cut of [...cuts, text.length]) {
          replies.push(...reader.push(Buffer.from(text.slice(at, at + cut))));
          at += cut;
        }
        expect(replies.map((reply) => reply.code)).toEqual([220, 250, 550]);
        expect(replies[2]?.enhanced).toBe('5.1.1');
        const ehlo = replies[1];
        expect(ehlo && parseExtensions(ehlo).get('SIZE')).toBe('1000');
      }),
    );
  });

  it('[MAIL-2] that are none, or have no end, are an error and never more than that', () => {
    for (const bad of [
      'hello\r\n',
      '250-a\r\n550 b\r\n',
      `250 ${'x'.repeat(9_000)}`,
      '250-x\r\n'.repeat(300),
    ])
      expect(() => createReplyReader().push(Buffer.from(bad))).toThrow(ReplyError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          createReplyReader().push(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ReplyError);
        }
      }),
    );
  });
});

describe('dots', () => {
  it('[MAIL-2] what is sent decodes to the same message', async () => {
    const piece = fc.constantFrom('.', '..', 'a', '\r\n', '.\r\n', '\r\n.', 'x.y');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 5 }), { maxLength: 8 }), async (chunks) => {
        const message = chunks.map((parts) => Buffer.from(parts.join('')));
        const sent: Buffer[] = [];
        for await (const bytes of dotStuff(
          (async function* () {
            yield* message;
          })(),
        ))
          sent.push(bytes);
        const decoded = createDataDecoder().push(Buffer.concat(sent));
        const whole = Buffer.concat(message).toString();
        expect(decoded.done).toBe(true);
        expect(Buffer.concat(decoded.out).toString()).toBe(
          whole === '' || whole.endsWith('\r\n') ? whole : `${whole}\r\n`,
        );
      }),
    );
  });
});
