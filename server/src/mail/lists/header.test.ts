import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWords, parseAddresses, parseHeader } from '../protocol/mime/index.ts';
import { hasBeenHere, type ListFacts, listHeader } from './header.ts';

const list: ListFacts = {
  name: '招生工作',
  address: 'zhaosheng@beichen.test',
  subjectPrefix: '',
  replyTo: 'sender',
  rewriteFrom: 'changed',
  senders: 'institution',
  leavable: true,
};
const options = { ownDomains: ['beichen.test'], outside: true };
const policy = (p: string) =>
  Buffer.from(
    `Authentication-Results: mail.beichen.test;\r\n\tdmarc=pass (p=${p} dis=none)\r\n\t header.from=bank.test\r\n`,
  );
const message = Buffer.from(
  'From: "Wang, Li" <wang@bank.test>\r\nTo: zhaosheng@beichen.test\r\nSubject: =?utf-8?B?6YCa55+l?=\r\nList-Id: <other.example.test>\r\nPrecedence: bulk\r\nMIME-Version: 1.0\r\n',
);

function valuesOf(header: Buffer, name: string): string[] {
  return parseHeader(header)
    .filter((field) => field.name === name)
    .map((field) => field.value);
}

describe('the header of what a list sends', () => {
  it('[ADM-5] carries the fields of RFC 2369 and 2919 once, in place of another list’s', () => {
    const header = listHeader(message, Buffer.alloc(0), list, options);
    expect(valuesOf(header, 'list-id').map(decodeWords)).toEqual(['招生工作 <zhaosheng.beichen.test>']);
    expect(valuesOf(header, 'list-post')).toEqual(['<mailto:zhaosheng@beichen.test>']);
    expect(valuesOf(header, 'list-owner')).toEqual(['<mailto:zhaosheng+owner@beichen.test>']);
    expect(valuesOf(header, 'precedence')).toEqual(['list']);
    expect(valuesOf(header, 'from')).toEqual(['"Wang, Li" <wang@bank.test>']);
    expect(hasBeenHere(header, list.address)).toBe(true);
    expect(hasBeenHere(message, list.address)).toBe(false);
    expect(
      valuesOf(listHeader(message, Buffer.alloc(0), { ...list, senders: 'chosen' }, options), 'list-post'),
    ).toEqual(['NO']);
  });

  it('[ADM-5] leaves what its senders have signed as it is, octet for octet, unless it is told to change something', () => {
    const header = listHeader(message, Buffer.alloc(0), list, options).toString();
    for (const field of [
      'From: "Wang, Li" <wang@bank.test>\r\n',
      'Subject: =?utf-8?B?6YCa55+l?=\r\n',
      'MIME-Version: 1.0\r\n',
    ])
      expect(header).toContain(field);
  });

  it('[ADM-5] puts the prefix before the subject once, also before answers', () => {
    const prefixed = { ...list, subjectPrefix: '[招生]' };
    const header = listHeader(message, Buffer.alloc(0), prefixed, options);
    expect(valuesOf(header, 'subject').map(decodeWords)).toEqual(['[招生] 通知']);
    const answer = Buffer.from('From: a@b.test\r\nSubject: =?utf-8?B?UmU6IFvmi5vnlJ9dIOmAmuefpQ==?=\r\n');
    expect(
      valuesOf(listHeader(answer, Buffer.alloc(0), prefixed, options), 'subject').map(decodeWords),
    ).toEqual(['Re: [招生] 通知']);
    const none = Buffer.from('From: a@b.test\r\n');
    expect(
      valuesOf(listHeader(none, Buffer.alloc(0), prefixed, options), 'subject').map(decodeWords),
    ).toEqual(['[招生]']);
  });

  it('[ADM-5] makes From its own only for outside copies of what it changes, and only when the author’s domain forbids re-sending', () => {
    const changing = { ...list, replyTo: 'list' as const };
    const rewritten = listHeader(message, policy('REJECT'), changing, options);
    const [from = ''] = valuesOf(rewritten, 'from');
    expect(parseAddresses(from).map((one) => `${one.mailbox}@${one.host}`)).toEqual([list.address]);
    expect(decodeWords(parseAddresses(from)[0]?.name ?? '')).toBe('Wang, Li via 招生工作');
    expect(valuesOf(rewritten, 'reply-to')).toEqual(['<zhaosheng@beichen.test>']);
    const always = listHeader(message, policy('quarantine'), { ...list, rewriteFrom: 'always' }, options);
    expect(valuesOf(always, 'reply-to')).toEqual(['<wang@bank.test>']);
    const kept = [
      listHeader(message, policy('REJECT'), list, options),
      listHeader(message, policy('none'), changing, options),
      listHeader(message, policy('REJECT'), { ...changing, rewriteFrom: 'never' }, options),
      listHeader(message, policy('REJECT'), changing, { ...options, outside: false }),
      listHeader(message, policy('REJECT'), changing, { ...options, ownDomains: ['bank.test'] }),
    ];
    for (const header of kept) expect(valuesOf(header, 'from')).toEqual(['"Wang, Li" <wang@bank.test>']);
  });

  it('lets no name or prefix, and no message, make lines of its own', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 600 }),
        (name, prefix, bytes) => {
          const facts = { ...list, name, subjectPrefix: prefix, replyTo: 'list' as const };
          const header = listHeader(Buffer.from(bytes), policy('reject'), facts, options);
          const text = header.toString('latin1');
          expect(text.endsWith('\n')).toBe(true);
          expect(valuesOf(header, 'list-id')).toHaveLength(1);
          expect(valuesOf(header, 'x-loop')[0]).toBe(list.address);
        },
      ),
      { numRuns: 300 },
    );
  });
});
