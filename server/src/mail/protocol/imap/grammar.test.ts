import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CommandPiece,
  decodeMailboxName,
  decodeUtf7,
  encodeUtf7,
  exceeds,
  formatDateTime,
  formatSection,
  formatSet,
  formatString,
  ImapSyntaxError,
  inRanges,
  isMessageLiteral,
  literalMarker,
  matchesPattern,
  parseDateTime,
  parseSequenceSet,
  readAppendOptions,
  readEntryNames,
  readEntryValues,
  readFetchArguments,
  readListArguments,
  readMessageSet,
  readMetadataOptions,
  readNotifyArguments,
  readSearchArguments,
  readSection,
  readSortArguments,
  readStatusItems,
  readStoreArguments,
  readThreadArguments,
  resolveSet,
  Scanner,
} from './index.ts';

const scan = (line: string) => new Scanner([{ line: Buffer.from(line, 'utf8'), literal: undefined }]);
const search = (line: string) => readSearchArguments(scan(line)).key;

describe('modified UTF-7', () => {
  test('[MAIL-1] writes Chinese folder names as RFC 3501 §5.1.3 says', () => {
    expect(encodeUtf7('台北')).toBe('&U,BTFw-');
    expect(encodeUtf7('A&B')).toBe('A&-B');
    expect(decodeUtf7('~peter/mail/&U,BTFw-/&ZeVnLIqe-')).toBe('~peter/mail/台北/日本語');
  });

  test('[MAIL-1] reads back every name that it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(decodeUtf7(encodeUtf7(name))).toBe(name.toWellFormed());
        expect(encodeUtf7(name)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test('[MAIL-1] refuses names that are not well formed', () => {
    for (const bad of ['&', 'a&b', '&U-', '&====-', '&2D0-']) expect(decodeUtf7(bad)).toBeUndefined();
  });
});

describe('mailbox names', () => {
  test('[MAIL-1] INBOX is the same folder in any case, and a trailing delimiter is dropped', () => {
    expect(decodeMailboxName(Buffer.from('inBox'), false)).toBe('INBOX');
    expect(decodeMailboxName(Buffer.from('inbox/Work/'), false)).toBe('INBOX/Work');
    expect(decodeMailboxName(Buffer.from('发件'), false)).toBe('发件');
  });

  test('[MAIL-1] refuses control characters and bytes that are not UTF-8', () => {
    expect(() => decodeMailboxName(Buffer.from('a\u0001b'), false)).toThrow(ImapSyntaxError);
    expect(() => decodeMailboxName(Buffer.from([0x61, 0xff]), false)).toThrow(ImapSyntaxError);
  });

  test('[MAIL-1] LIST patterns match as RFC 3501 §6.3.8 says', () => {
    expect(matchesPattern('*', 'a/b/c')).toBe(true);
    expect(matchesPattern('%', 'a')).toBe(true);
    expect(matchesPattern('%', 'a/b')).toBe(false);
    expect(matchesPattern('a/%/c', 'a/b/c')).toBe(true);
    expect(matchesPattern('inbox', 'INBOX')).toBe(true);
    expect(matchesPattern('发*', '发件')).toBe(true);
    expect(matchesPattern('', 'a')).toBe(false);
  });

  test('[SEC-1] a pattern of many wildcards is matched in linear time', () => {
    const start = performance.now();
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(500))).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('sequence sets', () => {
  test('[MAIL-1] resolves * to the largest number in use', () => {
    expect(resolveSet(parseSequenceSet('1,3:5,7:*'), 9)).toEqual([
      { low: 1, high: 1 },
      { low: 3, high: 5 },
      { low: 7, high: 9 },
    ]);
    expect(resolveSet(parseSequenceSet('5:*'), 3)).toEqual([{ low: 3, high: 5 }]);
    expect(resolveSet(parseSequenceSet('1:*'), 0)).toEqual([]);
    expect(exceeds(parseSequenceSet('1:4'), 3)).toBe(true);
    expect(exceeds(parseSequenceSet('*:1'), 3)).toBe(false);
  });

  test('[MAIL-1] refuses zero, letters and numbers above 32 bits', () => {
    for (const bad of ['0', '', '1:', ':1', '1,,2', '4294967296', '1:2:3', 'a', '**']) {
      expect(() => parseSequenceSet(bad), bad).toThrow(ImapSyntaxError);
    }
  });

  test('[MAIL-1] a set holds exactly the numbers that it was written from', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 })), (numbers) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        const text = formatSet(sorted);
        const ranges = text === '' ? [] : resolveSet(parseSequenceSet(text), 200);
        const held = Array.from({ length: 200 }, (_, index) => index + 1).filter((n) => inRanges(ranges, n));
        expect(held).toEqual(sorted);
      }),
    );
  });
});

describe('dates', () => {
  test('[MAIL-1] an internal date survives the way out and back', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
        const second = Math.floor(date.getTime() / 1000) * 1000;
        expect(parseDateTime(formatDateTime(date)).getTime()).toBe(second);
      }),
    );
    expect(parseDateTime('17-Jul-1996 02:44:25 -0700').toISOString()).toBe('1996-07-17T09:44:25.000Z');
  });

  test('[MAIL-1] refuses days that do not exist', () => {
    expect(() => parseDateTime('31-Feb-2026 00:00:00 +0000')).toThrow(ImapSyntaxError);
    expect(() => search('SINCE 32-Jan-2026')).toThrow(ImapSyntaxError);
  });
});

describe('commands', () => {
  test('[MAIL-1] FETCH knows macros, sections, partials and modifiers', () => {
    const fetched = readFetchArguments(
      scan('(FLAGS BODY.PEEK[1.2.HEADER.FIELDS (Subject "To")]<10.20>) (CHANGEDSINCE 12 VANISHED)'),
    );
    expect(fetched.changedSince).toBe(12);
    expect(fetched.vanished).toBe(true);
    expect(fetched.items[1]).toEqual({
      kind: 'section',
      section: { part: [1, 2], of: 'fields', fields: ['Subject', 'To'] },
      partial: { offset: 10, length: 20 },
      peek: true,
      label: 'BODY',
    });
    expect(readFetchArguments(scan('ALL')).items).toHaveLength(4);
    expect(readFetchArguments(scan('BODY')).items).toEqual([{ kind: 'simple', name: 'BODY' }]);
    expect(readFetchArguments(scan('RFC822.HEADER')).items[0]).toMatchObject({
      label: 'RFC822.HEADER',
      peek: true,
    });
    expect(() => readFetchArguments(scan('(BODY[MIME])'))).toThrow(ImapSyntaxError);
    expect(formatSection(readSection(scan('[2.1.HEADER.FIELDS.NOT (To Cc)]')))).toBe(
      '2.1.HEADER.FIELDS.NOT (To Cc)',
    );
  });

  test('[MAIL-1] STORE takes flags with and without parentheses', () => {
    expect(readStoreArguments(scan('+FLAGS.SILENT (\\seen $Junk)'))).toMatchObject({
      mode: 'add',
      silent: true,
    });
    const args = readStoreArguments(scan('(UNCHANGEDSINCE 7) FLAGS \\Deleted \\Flagged'));
    expect([...args.flags.system]).toEqual(['\\Deleted', '\\Flagged']);
    expect(args.unchangedSince).toBe(7);
    expect(() => readStoreArguments(scan('FLAGS (\\Strange)'))).toThrow(ImapSyntaxError);
  });

  test('[MAIL-1] SEARCH reads nested keys and Chinese text in its charset', () => {
    expect(search('OR (FROM a UNSEEN) NOT SUBJECT "x y"')).toEqual({
      key: 'or',
      of: [
        {
          key: 'and',
          of: [
            { key: 'text', where: 'from', value: 'a' },
            { key: 'not', of: { key: 'flag', flag: '\\Seen' } },
          ],
        },
        { key: 'not', of: { key: 'text', where: 'subject', value: 'x y' } },
      ],
    });
    const gbk: CommandPiece[] = [
      { line: Buffer.from('CHARSET GBK SUBJECT '), literal: Buffer.from([0xcd, 0xa8, 0xd6, 0xaa]) },
      { line: Buffer.alloc(0), literal: undefined },
    ];
    expect(readSearchArguments(new Scanner(gbk)).key).toEqual({
      key: 'text',
      where: 'subject',
      value: '通知',
    });
    expect(() => search('CHARSET X-UNKNOWN ALL')).toThrow(/charset/);
  });

  test('[SEC-1] SEARCH refuses trees that are too deep', () => {
    expect(() => search(`${'('.repeat(200)}ALL${')'.repeat(200)}`)).toThrow(ImapSyntaxError);
    expect(() => search(`${'NOT '.repeat(5_000)}ALL`)).toThrow(ImapSyntaxError);
  });

  test('[MAIL-1] LIST reads the extended form', () => {
    const args = readListArguments(
      scan('(SUBSCRIBED RECURSIVEMATCH) "" (INBOX % "Sent*") RETURN (CHILDREN STATUS (MESSAGES))'),
    );
    expect(args).toMatchObject({
      subscribed: true,
      recursiveMatch: true,
      returns: { children: true, status: ['MESSAGES'] },
    });
    expect(args.patterns.map(String)).toEqual(['INBOX', '%', 'Sent*']);
    expect(() => readListArguments(scan('(RECURSIVEMATCH) "" *'))).toThrow(ImapSyntaxError);
  });

  test('[MAIL-1] APPEND tells the message literal from a mailbox literal', () => {
    expect(isMessageLiteral([], Buffer.from('a APPEND INBOX (\\Seen) {10}'))).toBe(true);
    expect(isMessageLiteral([], Buffer.from('a APPEND {5}'))).toBe(false);
    const before: CommandPiece[] = [{ line: Buffer.from('a append '), literal: Buffer.from('INBOX') }];
    expect(isMessageLiteral(before, Buffer.from(' {10+}'))).toBe(true);
    expect(isMessageLiteral([], Buffer.from('a LOGIN x {10}'))).toBe(false);
    expect(readAppendOptions(scan('(\\Seen) "17-Jul-1996 02:44:25 -0700" ')).date?.getUTCHours()).toBe(9);
  });

  test('[MAIL-1] literal markers are read at the end of a line only', () => {
    expect(literalMarker(Buffer.from('a LOGIN {5}'))).toMatchObject({ size: 5, nonSync: false });
    expect(literalMarker(Buffer.from('a APPEND x ~{5+}'))).toMatchObject({
      size: 5,
      nonSync: true,
      binary: true,
    });
    expect(literalMarker(Buffer.from('a LOGIN {5} '))).toBeUndefined();
    expect(literalMarker(Buffer.from('a LOGIN {99999999999999999999}'))).toBeUndefined();
  });

  test('[MAIL-1] a string written as answer reads back the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const value = Buffer.from(bytes).toString('latin1').replaceAll('\0', '');
        const written = formatString(value);
        const literal = /^\{\d+\}\r\n([\s\S]*)$/.exec(written);
        const piece = literal
          ? [
              { line: Buffer.alloc(0), literal: Buffer.from(literal[1] ?? '', 'latin1') },
              { line: Buffer.alloc(0), literal: undefined },
            ]
          : [{ line: Buffer.from(written, 'latin1'), literal: undefined }];
        expect(new Scanner(piece).string().toString('latin1')).toBe(value);
      }),
    );
  });

  test('[SEC-1] whatever arrives, the grammar answers with a value or with a syntax error', () => {
    const words = fc.constantFrom(
      '(',
      ')',
      ' ',
      '"',
      '\\',
      '[',
      ']',
      '<',
      '>',
      'BODY',
      'OR',
      'NOT',
      'FLAGS',
      '1:*',
      '0',
      'HEADER.FIELDS',
      'RETURN',
      'CHARSET',
      'UTF-8',
      'é',
      '{3}',
      '.',
      '$',
      'BINARY.PEEK',
      'PREVIEW',
      'PARTIAL',
      '-1:-5',
      'SAVE',
      'METADATA',
      '/shared/a',
      'REVERSE',
      'DATE',
      'REFERENCES',
      'SELECTED',
      'MessageNew',
      'FlagChange',
      'STATUS',
      'UTF8 (',
      'DEPTH',
    );
    const readers = [
      readFetchArguments,
      readSearchArguments,
      readStoreArguments,
      readListArguments,
      readAppendOptions,
      readSection,
      readSortArguments,
      readThreadArguments,
      readEntryNames,
      readEntryValues,
      readMetadataOptions,
      readNotifyArguments,
      readMessageSet,
      readStatusItems,
    ];
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), fc.nat(readers.length - 1), (parts, index) => {
        try {
          const scanner = scan(parts.join(''));
          readers[index]?.(scanner);
          scanner.end();
        } catch (error) {
          expect(error).toBeInstanceOf(ImapSyntaxError);
        }
      }),
      { numRuns: 4_000 },
    );
  });
});
