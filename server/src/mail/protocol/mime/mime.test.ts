import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import {
  baseSubject,
  createMessageParser,
  decodeWords,
  encodeWords,
  filterHeader,
  findPart,
  htmlToText,
  parseAddresses,
  parseDate,
  parseMessage,
  parseParametrized,
  sectionRange,
} from './index.ts';

const crlf = (text: string) => Buffer.from(text.replace(/\n/g, '\r\n'));
const slice = (bytes: Buffer, range: { start: number; end: number } | undefined) =>
  range ? bytes.subarray(range.start, range.end).toString() : undefined;

const NESTED = crlf(`Return-Path: <a@b.test>
From: =?gb2312?B?1cXOsA==?= <zhangwei@beichen.test>
To: liuyang@beichen.test, "Li, Qiang" <liqiang@beichen.test>
Subject: =?utf-8?B?5YWz5LqO5byA5a2m?= =?utf-8?B?6YCa55+l?=
Date: Mon, 23 Nov 2026 22:30:00 +0800
Message-ID: <one@beichen.test>
In-Reply-To: <zero@beichen.test>
References: <root@beichen.test> <zero@beichen.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

您好,世界
second
--inner
Content-Type: text/html; charset=utf-8

<p>您好,<b>世</b>界</p>
--inner--
--outer
Content-Type: message/rfc822

Subject: inside
From: c@d.test

inner body
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''%E6%8A%A5; filename*1*=%E5%91%8A.pdf
Content-Transfer-Encoding: base64

AAAA
--outer--
epilogue
`);

describe('message structure', () => {
  const parsed = parseMessage(NESTED);
  const source = { structure: parsed.structure, prefixSize: 0, size: NESTED.length };

  it('[MAIL-2] finds parts, texts and attachments with exact offsets', () => {
    expect(parsed.structure.parts?.map((part) => `${part.type}/${part.subtype}`)).toEqual([
      'multipart/alternative',
      'message/rfc822',
      'application/pdf',
    ]);
    expect(slice(NESTED, sectionRange(source, [1, 1], 'all'))).toBe('您好,世界\r\nsecond');
    expect(findPart(parsed.structure, [1, 1])?.lines).toBe(2);
    expect(slice(NESTED, sectionRange(source, [2], 'header'))).toBe(
      'Subject: inside\r\nFrom: c@d.test\r\n\r\n',
    );
    expect(slice(NESTED, sectionRange(source, [2], 'text'))).toBe('inner body');
    expect(slice(NESTED, sectionRange(source, [2, 1], 'all'))).toBe('inner body');
    expect(findPart(parsed.structure, [2])?.message?.envelope.subject).toBe('inside');
    expect(findPart(parsed.structure, [2])?.lines).toBe(4);
    expect(slice(NESTED, sectionRange(source, [3], 'all'))).toBe('AAAA');
    expect(slice(NESTED, sectionRange(source, [3], 'mime'))).toMatch(
      /^Content-Type: application\/pdf[\s\S]*base64\r\n\r\n$/,
    );
    expect(findPart(parsed.structure, [3])?.disposition?.params).toEqual([['filename', '报告.pdf']]);
    expect(sectionRange(source, [4], 'all')).toBeUndefined();
    expect(parsed.hasAttachment).toBe(true);
  });

  it('[MAIL-2] decodes what lists and searches need', () => {
    expect(parsed.subject).toBe('关于开学通知');
    expect(parsed.preview).toBe('您好,世界 second');
    expect(parsed.bodyText).toContain('您好,世界');
    expect(parsed.bodyText).toContain('inner body');
    expect(parsed.fold.from).toBe('张伟 zhangwei@beichen.test');
    expect(parsed.references).toEqual(['one@beichen.test', 'zero@beichen.test', 'root@beichen.test']);
    expect(parsed.sentAt?.toISOString()).toBe('2026-11-23T14:30:00.000Z');
    expect(parsed.headerText).toContain('\nsubject: 关于开学通知\n');
    expect(parsed.envelope.to).toHaveLength(2);
  });

  it('gives the same whatever the chunks are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const parser = createMessageParser();
        for (let at = 0, turn = 0; at < NESTED.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          parser.write(NESTED.subarray(at, at + size));
          at += size;
        }
        expect(parser.finish()).toEqual(parsed);
      }),
    );
  });

  it('never throws and keeps offsets inside, whatever the bytes are', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--b',
        '--b--',
        '\r\n',
        '\n',
        '\r',
        'Content-Type: multipart/mixed; boundary=b',
        'Content-Type: message/rfc822',
        ': ',
        '=?gbk?B?',
        '?=',
        '"',
        '\0',
        '文',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        const { structure, size } = parseMessage(bytes);
        expect(size).toBe(bytes.length);
        const walk = (part: typeof structure, from: number, to: number): void => {
          expect(part.headerStart).toBeGreaterThanOrEqual(from);
          expect(part.start).toBeGreaterThanOrEqual(part.headerStart);
          expect(part.end).toBeGreaterThanOrEqual(part.start);
          expect(part.end).toBeLessThanOrEqual(to);
          for (const child of part.parts ?? []) walk(child, part.start, to);
          if (part.message) walk(part.message.part, part.start, to);
        };
        walk(structure, 0, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('a thousand boundaries and deep nesting stay bounded', () => {
    const deep = Array.from(
      { length: 200 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`,
    ).join('');
    let depth = 0;
    for (let part = parseMessage(crlf(deep)).structure; part.parts?.[0]; part = part.parts[0]) depth++;
    expect(depth).toBeLessThanOrEqual(50);
    const many = parseMessage(
      crlf(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(5000)}`),
    );
    expect(many.structure.parts?.length).toBeLessThanOrEqual(1000);
  });

  it('unlabelled GB18030 in header and body is read', () => {
    const bytes = Buffer.concat([
      Buffer.from('Subject: '),
      iconv.encode('通知', 'gbk'),
      Buffer.from('\r\n\r\n'),
      iconv.encode('请于周五前提交材料', 'gb18030'),
    ]);
    expect(parseMessage(bytes)).toMatchObject({ subject: '通知', preview: '请于周五前提交材料' });
  });
});

describe('addresses', () => {
  it('reads names, groups, comments, routes and broken ones', () => {
    expect(parseAddresses('"Doe, John" <john@a.test>, jane@b.test (Jane)')).toEqual([
      { name: 'Doe, John', mailbox: 'john', host: 'a.test' },
      { name: 'Jane', mailbox: 'jane', host: 'b.test' },
    ]);
    expect(parseAddresses('undisclosed-recipients:;')).toEqual([
      { name: null, mailbox: 'undisclosed-recipients', host: null },
      { name: null, mailbox: null, host: null },
    ]);
    expect(parseAddresses('<@x.test,@y.test:a@b.test>')).toEqual([
      { name: null, mailbox: 'a', host: 'b.test' },
    ]);
    expect(parseAddresses('张伟 <z@b.test>; 李强 <l@b.test>')).toHaveLength(2);
    expect(parseAddresses('just words')).toEqual([{ name: null, mailbox: 'just words', host: '' }]);
  });
  it('never throws and ends fast', () => {
    fc.assert(
      fc.property(fc.string(), (text) => void parseAddresses(text)),
      { numRuns: 500 },
    );
    const start = performance.now();
    for (const text of ['"\\', '(', '<"', '"a', ':']) parseAddresses(text.repeat(30_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('words, parameters, subjects, dates, HTML', () => {
  it('encoded words survive the round trip', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const wanted = text
          .replace(/[\r\n]+/g, ' ')
          .replaceAll('\0', '')
          .toWellFormed();
        expect(decodeWords(encodeWords(text).replace(/\r\n /g, ' '))).toBe(
          wanted.includes('=?') || !/^[\x20-\x7e]*$/.test(wanted) ? wanted : text,
        );
      }),
    );
  });
  it('joins a character that was cut between two words', () => {
    const bytes = Buffer.from('中文');
    const word = (part: Buffer) => `=?utf-8?B?${part.toString('base64')}?=`;
    expect(decodeWords(`${word(bytes.subarray(0, 2))} ${word(bytes.subarray(2))}`)).toBe('中文');
  });
  it('reads attachment names as old Foxmail and new mailers write them', () => {
    expect(parseParametrized('attachment; filename="=?GB2312?B?zajWqi5kb2M=?="').params).toEqual([
      ['filename', '通知.doc'],
    ]);
    expect(parseParametrized("application/x; name*=gb18030''%CD%A8%D6%AA").params).toEqual([
      ['name', '通知'],
    ]);
    expect(parseParametrized('text/plain; charset=utf-8; format=flowed').params).toHaveLength(2);
  });
  it('finds the base subject under Chinese and Western marks', () => {
    for (const subject of ['Re: 开学', '回复:开学', '答复: Re[2]: 转发:开学', '[teachers] Fwd: 开学 (fwd)']) {
      expect(baseSubject(subject)).toBe('开学');
    }
  });
  it('reads dates', () => {
    expect(parseDate('Fri, 6 Mar 2026 09:05 GMT')?.toISOString()).toBe('2026-03-06T09:05:00.000Z');
    expect(parseDate('31 Foo 2026 00:00:00')).toBeUndefined();
  });
  it('turns HTML into text without its scripts, fast also when nothing closes', () => {
    expect(htmlToText('<style>x{}</style><p>a&nbsp;&lt;b</p><script>1</script>c<b>d</b>').trim()).toBe(
      'a <b\ncd',
    );
    const start = performance.now();
    htmlToText('<style><'.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
  it('picks header fields by name with their bytes', () => {
    const block = crlf('A: 1\n folded\nb: 2\nC: 3\n\n');
    expect(filterHeader(block, ['a', 'B'], false).toString()).toBe('A: 1\r\n folded\r\nb: 2\r\n\r\n');
    expect(filterHeader(block, ['a', 'B'], true).toString()).toBe('C: 3\r\n\r\n');
  });
});
