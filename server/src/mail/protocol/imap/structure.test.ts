import { describe, expect, test } from 'vitest';
import { type MimePart, sectionRange } from '../mime/index.ts';
import { formatStructure, readSection, Scanner } from './index.ts';

const plain = {
  params: [],
  id: null,
  description: null,
  encoding: '7bit',
  disposition: null,
  language: [],
  location: null,
  md5: null,
  lines: 1,
} satisfies Partial<MimePart>;
const leaf = (headerStart: number, start: number, end: number): MimePart => ({
  ...plain,
  type: 'text',
  subtype: 'plain',
  headerStart,
  start,
  end,
});
const envelope = {
  date: null,
  subject: '内',
  from: [{ name: null, mailbox: 'a', host: 'b.c' }],
  sender: [],
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  inReplyTo: null,
  messageId: null,
};

/** multipart/mixed of text and a message/rfc822 that holds a multipart of two. */
const inner: MimePart = {
  ...plain,
  type: 'multipart',
  subtype: 'alternative',
  headerStart: 210,
  start: 230,
  end: 300,
  parts: [leaf(240, 250, 260), leaf(265, 275, 290)],
};
const structure: MimePart = {
  ...plain,
  type: 'multipart',
  subtype: 'mixed',
  headerStart: 0,
  start: 100,
  end: 320,
  parts: [
    leaf(110, 130, 150),
    {
      ...plain,
      type: 'message',
      subtype: 'rfc822',
      headerStart: 190,
      start: 210,
      end: 300,
      message: { envelope, part: inner },
    },
  ],
};
const message = { structure, prefixSize: 10, headerSize: 100, size: 330 };

function find(text: string) {
  const section = readSection(new Scanner([{ line: Buffer.from(`[${text}]`), literal: undefined }]));
  const kind = section.of === 'fields' || section.of === 'fieldsNot' ? 'header' : section.of;
  const range = sectionRange(message, section.part, kind);
  return range && [range.start, range.end];
}

describe('sections', () => {
  test('[MAIL-1] BODY sections point at the octets that RFC 3501 §6.4.5 means, behind the stored prefix', () => {
    expect(find('')).toEqual([0, 330]);
    expect(find('HEADER')).toEqual([0, 110]);
    expect(find('TEXT')).toEqual([110, 330]);
    expect(find('1')).toEqual([140, 160]);
    expect(find('1.MIME')).toEqual([120, 140]);
    expect(find('2')).toEqual([220, 310]);
    expect(find('2.HEADER')).toEqual([220, 240]);
    expect(find('2.TEXT')).toEqual([240, 310]);
    expect(find('2.1')).toEqual([260, 270]);
    expect(find('2.2.MIME')).toEqual([275, 285]);
  });

  test('[MAIL-1] parts that a message does not have are not found', () => {
    for (const part of ['3', '1.1', '1.HEADER', '2.3', '2.1.TEXT', '2.1.1'])
      expect(find(part), part).toBeUndefined();
  });

  test('[MAIL-1] BODYSTRUCTURE is written as the grammar wants it', () => {
    const text = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 20 1 NIL NIL NIL NIL)';
    const nested =
      '(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 10 1 NIL NIL NIL NIL)("TEXT" "PLAIN" NIL NIL NIL "7BIT" 15 1 NIL NIL NIL NIL) "ALTERNATIVE" NIL NIL NIL NIL)';
    const from = '((NIL NIL "a" "b.c"))';
    const subject = Buffer.from('内').toString('latin1');
    const env = `(NIL {3}\r\n${subject} ${from} ${from} ${from} NIL NIL NIL NIL NIL)`;
    expect(formatStructure(structure, true)).toBe(
      `(${text}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 90 ${env} ${nested} 1 NIL NIL NIL NIL) "MIXED" NIL NIL NIL NIL)`,
    );
    const named: MimePart = { ...leaf(0, 0, 5), params: [['name', '表.txt']] };
    expect(formatStructure(named, false)).toBe(
      `("TEXT" "PLAIN" ("NAME*" "utf-8''%E8%A1%A8.txt") NIL NIL "7BIT" 5 1)`,
    );
  });
});
