import fc from 'fast-check';
import { decode, encode } from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { addFooter } from './footer.ts';
import { parseMessage } from './message.ts';
import { param } from './params.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import { decodeTransfer } from './transfer.ts';
import type { MimePart } from './types.ts';

const FOOTER = { text: '北辰大学\n保密 = 重要', html: '<p>北辰大学</p>' };
const ASCII = { text: 'Beichen', html: '<p>Beichen</p>' };

const message = (header: string[], body: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`From: a@b.test\r\nSubject: x\r\n${header.map((line) => `${line}\r\n`).join('')}\r\n`),
    Buffer.from(body),
  ]);

function leaves(part: MimePart): MimePart[] {
  return part.parts ? part.parts.flatMap(leaves) : [part];
}

/** Type, charset, encoding and decoded text of every leaf. */
function read(bytes: Buffer) {
  return leaves(parseMessage(bytes).structure).map((part) => {
    const charset = param(part.params, 'charset') ?? 'us-ascii';
    const content = decodeTransfer(bytes.subarray(part.start, part.end), part.encoding);
    return {
      kind: `${part.type}/${part.subtype} ${charset} ${part.encoding}`,
      text: decode(content, charset === 'us-ascii' ? 'latin1' : charset),
    };
  });
}

const multipart = (subtype: string, ...parts: string[]) =>
  message(
    ['MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary="b"`],
    `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  );
const PLAIN = 'Content-Type: text/plain; charset=utf-8\r\n\r\nhello';
const HTML = 'Content-Type: text/html; charset=utf-8\r\n\r\n<html><BODY>hi</BODY></html>';
const FILE = 'Content-Type: text/plain; name=x.txt\r\nContent-Disposition: attachment\r\n\r\nfile';

describe('common footer', () => {
  it('[ADM-2] a text of seven bits becomes UTF-8 in quoted-printable when the footer needs it, and stays as it is when not', () => {
    const plain = message([], 'a = b\r\n');
    expect(read(addFooter(plain, FOOTER))).toEqual([
      { kind: 'text/plain utf-8 quoted-printable', text: 'a = b\r\n\r\n北辰大学\r\n保密 = 重要\r\n' },
    ]);
    expect(addFooter(plain, FOOTER).toString()).toContain('MIME-Version: 1.0\r\n');
    expect(addFooter(plain, ASCII).toString()).toBe(`${plain}\r\nBeichen\r\n`);
    const flowed = message(['Content-Type: text/plain; charset="us-ascii"; format=flowed'], 'x');
    expect(addFooter(flowed, FOOTER).toString()).toContain('text/plain; charset=utf-8; format=flowed\r\n');
  });

  it.each(['utf-8', 'gbk', 'gb18030', 'gb2312'])(
    '[ADM-2] is written in the charset of the part: %s',
    (charset) => {
      const type = `Content-Type: text/plain; charset=${charset}`;
      const body = encode('你好\r\n', charset);
      const wanted = '你好\r\n\r\n北辰大学\r\n保密 = 重要\r\n';
      const forms = {
        '8bit': body,
        base64: Buffer.from(`${body.toString('base64')}\r\n`),
        'quoted-printable': encodeQuotedPrintable(body),
      };
      for (const [encoding, content] of Object.entries(forms)) {
        const given = message([type, `Content-Transfer-Encoding: ${encoding}`], content);
        expect(read(addFooter(given, FOOTER))).toEqual([
          { kind: `text/plain ${charset} ${encoding}`, text: wanted },
        ]);
      }
    },
  );

  it('[ADM-2] stands before </body>, in characters that any charset has where its own lacks them', () => {
    const utf8 = message(['Content-Type: text/html; charset=utf-8'], '<body>x</BODY></html>\r\n');
    expect(read(addFooter(utf8, FOOTER))[0]?.text).toBe(
      '<body>x\r\n<div><p>北辰大学</p></div>\r\n</BODY></html>\r\n',
    );
    const ascii = message(['Content-Type: text/html'], 'x');
    expect(addFooter(ascii, FOOTER).toString()).toContain('<p>&#21271;&#36784;');
    expect(read(addFooter(utf8, { text: 'a<b\nc', html: '' }))[0]?.text).toContain('a&lt;b<br>\r\nc');
    const plain = message([], 'x');
    expect(read(addFooter(plain, { text: '', html: '<p>only</p>' }))[0]?.text).toBe('x\r\n\r\nonly\r\n');
  });

  it('[ADM-2] both forms of a text have it, attachments and further texts do not', () => {
    const both = read(addFooter(multipart('alternative', PLAIN, HTML), FOOTER));
    expect(both.map(({ text }) => text.includes('北辰大学'))).toEqual([true, true]);
    const mixed = read(addFooter(multipart('mixed', FILE, PLAIN, FILE, HTML), FOOTER));
    expect(mixed.map(({ text }) => text.includes('北辰大学'))).toEqual([false, true, false, false]);
    const related = read(addFooter(multipart('related', HTML, 'Content-Type: image/png\r\n\r\nx'), FOOTER));
    expect(related.map(({ text }) => text.includes('北辰大学'))).toEqual([true, false]);
  });

  const untouched: [string, Buffer][] = [
    ['signed', multipart('signed', PLAIN, 'Content-Type: application/pgp-signature\r\n\r\nx')],
    ['encrypted', multipart('encrypted', PLAIN)],
    [
      'signed inside',
      multipart('mixed', `Content-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n${PLAIN}\r\n--c--`),
    ],
    ['S/MIME', message(['Content-Type: application/pkcs7-mime'], 'x')],
    ['PGP in the text', message([], '-----BEGIN PGP MESSAGE-----\r\n')],
    [
      'PGP in base64',
      message(
        ['Content-Transfer-Encoding: base64'],
        Buffer.from('-----BEGIN PGP MESSAGE-----').toString('base64'),
      ),
    ],
    ['an invitation', multipart('alternative', PLAIN, 'Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR')],
    ['signed by DKIM', message(['DKIM-Signature: v=1'], 'x')],
    ['automatic', message(['Auto-Submitted: auto-replied'], 'x')],
    ['another charset', message(['Content-Type: text/plain; charset=big5'], 'x')],
    ['binary', message(['Content-Transfer-Encoding: binary'], 'x')],
    ['base64 in pieces', message(['Content-Transfer-Encoding: base64'], 'YQ==\r\nYQ==\r\n')],
    ['octets without a charset', message([], Buffer.from('\xe4\r\n', 'latin1'))],
    ['a report', multipart('report', PLAIN)],
    ['too large', message([], Buffer.alloc(10_000_001, 0x61))],
  ];
  it.each(untouched)('[ADM-2] never changes an octet of this: %s', (_, bytes) => {
    expect(addFooter(bytes, FOOTER)).toBe(bytes);
  });

  it('[ADM-2] leaves the structure of any message, and every other part, as it was', () => {
    const leaf = fc.record({
      type: fc.constantFrom('text/plain', 'text/html', 'image/png', 'text/plain; name=x', 'text/csv'),
      charset: fc.constantFrom(
        '',
        '; charset=utf-8',
        '; charset=gbk',
        '; charset=us-ascii',
        '; charset=big5',
      ),
      encoding: fc.constantFrom('7bit', '8bit', 'base64', 'quoted-printable', 'x-odd'),
      text: fc.string({
        unit: fc.constantFrom('a', '=', ' ', '\r\n', '--b', '中', '</body>'),
        maxLength: 40,
      }),
    });
    const shape = (part: MimePart): unknown => [part.type, part.subtype, (part.parts ?? []).map(shape)];
    fc.assert(
      fc.property(
        fc.array(leaf, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('mixed', 'alternative', 'related'),
        (list, subtype) => {
          const given = multipart(
            subtype,
            ...list.map(
              (one) =>
                `Content-Type: ${one.type}${one.charset}\r\nContent-Transfer-Encoding: ${one.encoding}\r\n\r\n${one.text}`,
            ),
          );
          const made = addFooter(given, FOOTER);
          expect(shape(parseMessage(made).structure)).toEqual(shape(parseMessage(given).structure));
          const before = leaves(parseMessage(given).structure);
          for (const [at, part] of leaves(parseMessage(made).structure).entries()) {
            const old = before[at];
            if (!old || (part.type === 'text' && (part.subtype === 'plain' || part.subtype === 'html')))
              continue;
            expect(made.subarray(part.headerStart, part.end)).toEqual(
              given.subarray(old.headerStart, old.end),
            );
          }
        },
      ),
    );
  });

  it('[ADM-2] no octets are too strange for it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        addFooter(Buffer.from(bytes), FOOTER);
      }),
    );
  });
});

describe('quoted-printable', () => {
  it('gives back every text, in lines of at most 76', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const made = encodeQuotedPrintable(Buffer.from(bytes));
        expect(decodeTransfer(made, 'quoted-printable')).toEqual(Buffer.from(bytes));
        for (const line of made.toString('latin1').split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/[ \t]$/);
        }
      }),
    );
  });
});
