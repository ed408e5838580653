import { connect } from 'node:net';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailKit, PASSWORD, startMail } from './imap-kit.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

/** A message with headers of one's own. */
const letter = (fields: Record<string, string>, text = 'x') =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${text}\n`;

describe('IMAP4rev2', () => {
  it('[MAIL-3] after ENABLE, names are UTF-8, searches are answered by ESEARCH and nothing is recent', async () => {
    await kit.person('rev2');
    const talker = await kit.signIn('rev2');
    expect(await talker.ok('ENABLE IMAP4rev2')).toEqual(['* ENABLED IMAP4rev2']);
    await talker.ok('CREATE "项目/一"');
    expect(await talker.ok('LIST "" "项目/*"')).toEqual([
      `* LIST (\\HasNoChildren) "/" "${Buffer.from('项目/一').toString('latin1')}"`,
    ]);
    const { tagged } = await talker.literals(['APPEND INBOX ', 'Subject: a\r\n\r\nb\r\n']);
    expect(tagged).toMatch(/^OK \[APPENDUID \d+ 1\]/);
    const selected = await talker.ok('SELECT INBOX');
    expect(selected.some((line) => line.includes('RECENT') || line.includes('UNSEEN'))).toBe(false);
    expect(selected).toContain('* LIST () "/" "INBOX"');
    expect((await talker.run('SEARCH ALL')).lines[0]).toMatch(/^\* ESEARCH \(TAG "a\d+"\) ALL 1$/);
    expect((await talker.run('UID SEARCH DELETED')).lines[0]).toMatch(/^\* ESEARCH \(TAG "a\d+"\) UID$/);
    const other = await kit.signIn('rev2');
    expect(await other.ok('LIST "" "&mHl27g-/*"')).toEqual(['* LIST (\\HasNoChildren) "/" "&mHl27g-/&TgA-"']);
    expect(await other.ok('STATUS INBOX (MESSAGES DELETED SIZE DELETED-STORAGE)')).toEqual([
      '* STATUS "INBOX" (MESSAGES 1 DELETED 0 SIZE 17 DELETED-STORAGE 0)',
    ]);
  });

  it('[MAIL-3] UNAUTHENTICATE forgets the person and what was enabled', async () => {
    await kit.person('leaver');
    const talker = await kit.signIn('leaver');
    await talker.ok('ENABLE IMAP4rev2 QRESYNC');
    await talker.ok('SELECT INBOX');
    await talker.ok('UNAUTHENTICATE');
    expect((await talker.run('NOOP')).tagged).toMatch(/^OK/);
    expect((await talker.run('SELECT INBOX')).tagged).toMatch(/^BAD/);
    await talker.ok(`LOGIN leaver@beichen.test "${PASSWORD}"`);
    await talker.ok('SELECT INBOX');
    expect(await talker.ok('SEARCH ALL')).toEqual(['* SEARCH']);
    kit.people.revoke(0);
  });

  it('[MAIL-3] takes an APPEND of UTF8 and of literal8, and refuses NUL', async () => {
    await kit.person('utf8');
    const talker = await kit.signIn('utf8');
    await talker.ok('ENABLE UTF8=ACCEPT');
    talker.send('x1 APPEND INBOX (\\Seen) UTF8 (~{20+}\r\nSubject: a\r\n\r\nbody\r\n)\r\n');
    expect(await talker.line()).toMatch(/^x1 OK \[APPENDUID/);
    talker.send('x2 APPEND INBOX ~{20+}\r\nSubject: a\r\n\r\nb\0dy\r\n\r\n');
    expect(await talker.line()).toMatch(/^x2 NO \[UNKNOWN-CTE\]/);
    talker.send('x3 APPEND INBOX UTF8 (~{20+}\r\nSubject: a\r\n\r\nbody\r\n\r\n');
    expect(await talker.line()).toMatch(/^x3 BAD/);
    await talker.ok('SELECT INBOX');
    expect((await talker.run('SEARCH CHARSET UTF-8 ALL')).tagged).toMatch(/^BAD/);
    expect(await talker.ok('SEARCH ALL')).toEqual(['* SEARCH 1']);
  });
});

describe('searching', () => {
  it('[MAIL-3] $ stands for what was saved, and PARTIAL gives a part', async () => {
    const id = await kit.person('saver');
    for (let n = 1; n <= 6; n++) await kit.put(id, 'INBOX', letter({ Subject: `s${n % 2}` }));
    const talker = await kit.signIn('saver');
    await talker.ok('SELECT INBOX');
    expect(await talker.ok('SEARCH RETURN (SAVE) SUBJECT s1')).toEqual([]);
    expect(await talker.ok('FETCH $ UID')).toEqual([
      '* 1 FETCH (UID 1)',
      '* 3 FETCH (UID 3)',
      '* 5 FETCH (UID 5)',
    ]);
    await talker.ok('STORE $ +FLAGS.SILENT (\\Deleted)');
    await talker.ok('UID EXPUNGE 1,3');
    expect(await talker.ok('UID SEARCH UID $')).toEqual(['* SEARCH 5']);
    expect(await talker.ok('SEARCH $ SMALLER 100000')).toEqual(['* SEARCH 3']);
    expect((await talker.ok('UID SEARCH RETURN (SAVE MIN COUNT) ALL'))[0]).toMatch(/UID MIN 2 COUNT 4$/);
    expect((await talker.ok('UID SEARCH RETURN (PARTIAL -1:-2) ALL'))[0]).toMatch(/PARTIAL \(-1:-2 5:6\)$/);
    expect((await talker.ok('UID SEARCH RETURN (PARTIAL 9:10) ALL'))[0]).toMatch(/PARTIAL \(9:10 NIL\)$/);
    expect(await talker.ok('UID FETCH 1:* FLAGS (PARTIAL 1:2)')).toHaveLength(2);
    expect((await talker.run('FETCH 1:* FLAGS (PARTIAL 1:2)')).tagged).toMatch(/^BAD/);
    expect((await talker.run('SEARCH RETURN (ALL PARTIAL 1:2) ALL')).tagged).toMatch(/^BAD/);
  });

  it('[MAIL-3] SORT knows every key, both ways, and the display name', async () => {
    const id = await kit.person('sorter');
    const letters = [
      { From: 'Zoe <a@x.test>', To: 'm@x.test', Subject: 'Re: b', Date: 'Mon, 2 Mar 2026 10:00:00 +0800' },
      { From: 'c@x.test', To: 'l@x.test', Subject: 'a', Date: 'Mon, 2 Mar 2026 01:00:00 +0000' },
      {
        From: '=?utf-8?Q?=C3=84nne?= <b@x.test>',
        To: 'k@x.test',
        Subject: 'C',
        Date: 'Sun, 1 Mar 2026 00:00:00 +0000',
      },
    ];
    for (const [n, one] of letters.entries())
      await kit.put(id, 'INBOX', letter(one, 'y'.repeat(100 - 10 * n)));
    const talker = await kit.signIn('sorter');
    await talker.ok('SELECT INBOX');
    const sort = async (criteria: string) => (await talker.ok(`UID SORT (${criteria}) UTF-8 ALL`))[0];
    expect(await sort('ARRIVAL')).toBe('* SORT 1 2 3');
    expect(await sort('REVERSE ARRIVAL')).toBe('* SORT 3 2 1');
    expect(await sort('DATE')).toBe('* SORT 3 2 1');
    expect(await sort('FROM')).toBe('* SORT 1 3 2');
    expect(await sort('TO')).toBe('* SORT 3 2 1');
    expect(await sort('SUBJECT')).toBe('* SORT 2 1 3');
    expect(await sort('CC REVERSE SIZE')).toMatch(/^\* SORT \d \d \d$/);
    expect(await sort('DISPLAYFROM')).toBe('* SORT 2 1 3');
    expect(await sort('DISPLAYTO REVERSE DATE')).toBe('* SORT 3 2 1');
    expect(await talker.ok('SORT RETURN (MIN COUNT ALL) (SUBJECT) UTF-8 ALL')).toEqual([
      expect.stringMatching(/^\* ESEARCH \(TAG "a\d+"\) MIN 2 ALL 2,1,3 COUNT 3$/),
    ]);
    expect(await talker.ok('UID SORT (DATE) UTF-8 SUBJECT nothing')).toEqual(['* SORT']);
    expect((await talker.run('SORT (NOTHING) UTF-8 ALL')).tagged).toMatch(/^BAD/);
    expect((await talker.run('SORT (DATE) KLINGON ALL')).tagged).toMatch(/^NO \[BADCHARSET/);
  });

  it('[MAIL-3] THREAD follows References, In-Reply-To and subjects', async () => {
    const id = await kit.person('threader');
    const base = { Date: 'Mon, 2 Mar 2026 10:00:00 +0000' };
    await kit.put(id, 'INBOX', letter({ ...base, 'Message-ID': '<A@x>', Subject: 'one' }));
    await kit.put(
      id,
      'INBOX',
      letter({ ...base, 'Message-ID': '<b@x>', Subject: 'Re: one', References: '<A@x>' }),
    );
    await kit.put(
      id,
      'INBOX',
      letter({ ...base, 'Message-ID': '<c@x>', Subject: 'Re: one', 'In-Reply-To': '<b@x>' }),
    );
    await kit.put(id, 'INBOX', letter({ ...base, 'Message-ID': '<d@x>', Subject: 'two' }));
    await kit.put(id, 'INBOX', letter({ ...base, Subject: 'Re: two' }));
    const talker = await kit.signIn('threader');
    await talker.ok('SELECT INBOX');
    expect(await talker.ok('THREAD REFERENCES UTF-8 ALL')).toEqual(['* THREAD (1 2 3)(4 5)']);
    expect(await talker.ok('UID THREAD REFS UTF-8 ALL')).toEqual(['* THREAD (1 2 3)(4)(5)']);
    expect(await talker.ok('THREAD ORDEREDSUBJECT UTF-8 ALL')).toEqual(['* THREAD (1 (2)(3))(4 5)']);
    expect(await talker.ok('THREAD REFERENCES UTF-8 SUBJECT nothing')).toEqual(['* THREAD']);
    expect((await talker.run('THREAD GUESS UTF-8 ALL')).tagged).toMatch(/^BAD/);
  });

  it('[MAIL-3] finds by object id and by the day of saving', async () => {
    const id = await kit.person('dates');
    await kit.put(id, 'INBOX', letter({ Subject: 'a' }));
    await kit.put(id, 'INBOX', letter({ Subject: 'b' }));
    const talker = await kit.signIn('dates');
    await talker.ok('SELECT INBOX');
    const [line = ''] = await talker.ok('FETCH 2 (EMAILID THREADID SAVEDATE PREVIEW)');
    expect(line).toMatch(/SAVEDATE "[ \d]\d-\w{3}-\d{4} .* \+0000" PREVIEW "x"/);
    expect(line).toMatch(/EMAILID \(M\d+\) THREADID \(T\d+\)/);
    const emailId = /EMAILID \((M\d+)\)/.exec(line)?.[1];
    const threadId = /THREADID \((T\d+)\)/.exec(line)?.[1];
    expect(await talker.ok(`SEARCH EMAILID ${emailId}`)).toEqual(['* SEARCH 2']);
    expect(await talker.ok(`SEARCH THREADID ${threadId}`)).toEqual(['* SEARCH 2']);
    expect(await talker.ok('SEARCH EMAILID Xnone')).toEqual(['* SEARCH']);
    expect(await talker.ok('SEARCH SAVEDSINCE 1-Jan-2020 SAVEDATESUPPORTED')).toEqual(['* SEARCH 1 2']);
    expect(await talker.ok('SEARCH SAVEDBEFORE 1-Jan-2020')).toEqual(['* SEARCH']);
  });
});

describe('fetching', () => {
  it('[MAIL-3] BINARY undoes base64 and quoted-printable, in slices too', async () => {
    const id = await kit.person('binary');
    const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n % 256));
    const base64 = bytes.toString('base64').replace(/.{76}/g, '$&\n');
    await kit.put(
      id,
      'INBOX',
      `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=\n=A9\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n${base64}\n--b\nContent-Type: application/x\nContent-Transfer-Encoding: x-uuencode\n\nfoo\n--b--\n`,
    );
    const talker = await kit.signIn('binary');
    await talker.ok('SELECT INBOX');
    const cafe = Buffer.from('café').toString('latin1');
    expect(await talker.ok('FETCH 1 (BINARY.SIZE[1] BINARY.SIZE[2] BINARY.PEEK[1])')).toEqual([
      `* 1 FETCH (BINARY.SIZE[1] 5 BINARY.SIZE[2] 1000 BINARY[1] {5}\r\n${cafe})`,
    ]);
    const [whole = ''] = await talker.ok('UID FETCH 1 BINARY[2]');
    expect(whole).toBe(`* 1 FETCH (UID 1 FLAGS (\\Seen) BINARY[2] ~{1000}\r\n${bytes.toString('latin1')})`);
    expect(await talker.ok('FETCH 1 BINARY.PEEK[2]<10.4>')).toEqual([
      `* 1 FETCH (BINARY[2]<10> ~{4}\r\n${bytes.subarray(10, 14).toString('latin1')})`,
    ]);
    expect((await talker.run('FETCH 1 BINARY.PEEK[3]')).tagged).toMatch(/^NO \[UNKNOWN-CTE\]/);
    expect((await talker.run('FETCH 1 BINARY.PEEK[1.MIME]')).tagged).toMatch(/^BAD/);
  });

  it('[MAIL-3] UIDONLY speaks of UIDs alone', async () => {
    const id = await kit.person('uidonly');
    for (let n = 1; n <= 3; n++) await kit.put(id, 'INBOX', letter({ Subject: `s${n}` }));
    const talker = await kit.signIn('uidonly');
    const other = await kit.signIn('uidonly');
    expect(await talker.ok('ENABLE UIDONLY')).toEqual(['* ENABLED UIDONLY']);
    await talker.ok('SELECT INBOX');
    await other.ok('SELECT INBOX');
    expect((await talker.run('FETCH 1 FLAGS')).tagged).toMatch(/^BAD \[UIDREQUIRED\]/);
    expect((await talker.run('SEARCH ALL')).tagged).toMatch(/^BAD \[UIDREQUIRED\]/);
    expect((await talker.run('UID SEARCH 1:2')).tagged).toMatch(/^BAD \[UIDREQUIRED\]/);
    expect(await talker.ok('UID FETCH 2 FLAGS')).toEqual(['* 2 UIDFETCH (FLAGS ())']);
    expect(await talker.ok('UID STORE 2 +FLAGS (\\Seen)')).toEqual(['* 2 UIDFETCH (FLAGS (\\Seen))']);
    await other.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
    await other.ok('STORE 3 +FLAGS.SILENT (\\Flagged)');
    await other.ok('EXPUNGE');
    expect(await talker.ok('NOOP')).toEqual(['* VANISHED 1', '* 3 UIDFETCH (FLAGS (\\Flagged))']);
  });

  it('[MAIL-3] REPLACE puts one message in the place of another', async () => {
    const id = await kit.person('replacer');
    await kit.put(id, 'Drafts', letter({ Subject: 'old' }));
    await kit.put(id, 'Drafts', letter({ Subject: 'kept' }));
    const talker = await kit.signIn('replacer');
    await talker.ok('SELECT Drafts');
    const first = await talker.literals(['UID REPLACE 1 Drafts (\\Draft) ', 'Subject: new\r\n\r\nx\r\n']);
    expect(first.tagged).toMatch(/^OK/);
    expect(first.lines[0]).toMatch(/^\* OK \[APPENDUID \d+ 3\]/);
    expect(first.lines).toContain('* 1 EXPUNGE');
    expect(first.lines).toContain('* 2 EXISTS');
    const second = await talker.literals(['UID REPLACE 1 Drafts ', 'Subject: new\r\n\r\nx\r\n']);
    expect(second.tagged).toMatch(/^NO/);
    const third = await talker.literals(['REPLACE 1 Nowhere ', 'Subject: new\r\n\r\nx\r\n']);
    expect(third.tagged).toMatch(/^NO \[TRYCREATE\]/);
    expect(await talker.ok('SEARCH ALL')).toEqual(['* SEARCH 1 2']);
  });

  it('[MAIL-3] COMPRESS=DEFLATE packs both directions', async () => {
    const id = await kit.person('packed');
    for (let n = 1; n <= 50; n++)
      await kit.put(id, 'INBOX', letter({ Subject: `message ${n}` }, 'z'.repeat(2_000)));
    const socket = connect({ port: kit.port, host: '127.0.0.1' });
    let raw = 0;
    let text = '';
    const until = async (end: RegExp) => {
      while (!end.test(text)) await new Promise((resolve) => setTimeout(resolve, 5));
      const all = text;
      text = '';
      return all;
    };
    const plain = (chunk: Buffer) => {
      text += chunk.toString('latin1');
    };
    socket.on('data', plain);
    socket.write(`a LOGIN packed@beichen.test "${PASSWORD}"\r\nb COMPRESS DEFLATE\r\n`);
    expect(await until(/\r\nb .*\r\n/)).toMatch(/b OK/);
    socket.off('data', plain);
    const inflate = createInflateRaw();
    socket.on('data', (chunk: Buffer) => {
      raw += chunk.length;
    });
    socket.pipe(inflate);
    inflate.on('data', plain);
    const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
    deflate.pipe(socket);
    deflate.write('c SELECT INBOX\r\nd FETCH 1:* BODY.PEEK[]\r\n');
    const all = await until(/d OK.*\r\n/);
    expect(all.length).toBeGreaterThan(100_000);
    expect(raw).toBeLessThan(all.length / 10);
    deflate.write('e CAPABILITY\r\nf COMPRESS DEFLATE\r\n');
    const last = await until(/f .*\r\n/);
    expect(last).toMatch(/f NO \[COMPRESSIONACTIVE\]/);
    expect(last).not.toContain('COMPRESS=DEFLATE');
    socket.destroy();
  });
});

describe('quota and metadata', () => {
  it('[MAIL-3] tells the quota of the own account and lets nobody set it', async () => {
    const id = await kit.person('quota');
    await kit.put(id, 'INBOX', letter({ Subject: 'a' }, 'x'.repeat(5_000)));
    kit.people.change(id, { quotaBytes: 10 * 1024 });
    const talker = await kit.signIn('quota');
    expect(await talker.ok('GETQUOTAROOT INBOX')).toEqual([
      '* QUOTAROOT "INBOX" "quota@beichen.test"',
      '* QUOTA "quota@beichen.test" (STORAGE 5 10)',
    ]);
    expect(await talker.ok('GETQUOTA quota@beichen.test')).toEqual([
      '* QUOTA "quota@beichen.test" (STORAGE 5 10)',
    ]);
    expect((await talker.run('GETQUOTA saver@beichen.test')).tagged).toMatch(/^NO/);
    expect((await talker.run('SETQUOTA "" (STORAGE 512)')).tagged).toMatch(/^NO \[NOPERM\]/);
    const big = await talker.literals(['APPEND INBOX ', `Subject: b\r\n\r\n${'y'.repeat(9_000)}`]);
    expect(big.tagged).toMatch(/^NO \[OVERQUOTA\]/);
  });

  it('[MAIL-3] keeps annotations of mailboxes and of the account, within limits', async () => {
    await kit.person('notes');
    const talker = await kit.signIn('notes');
    await talker.ok(
      'SETMETADATA INBOX (/private/comment "mine" /shared/comment "ours" /shared/vendor/x/a "1")',
    );
    expect(await talker.ok('GETMETADATA INBOX (/private/comment /shared/none)')).toEqual([
      '* METADATA "INBOX" (/private/comment "mine" /shared/none NIL)',
    ]);
    expect(await talker.ok('GETMETADATA (DEPTH infinity) INBOX /shared')).toEqual([
      '* METADATA "INBOX" (/shared/comment "ours" /shared/vendor/x/a "1")',
    ]);
    expect(await talker.ok('GETMETADATA INBOX (DEPTH 1) (/shared)')).toEqual([
      '* METADATA "INBOX" (/shared/comment "ours")',
    ]);
    const { lines, tagged } = await talker.run('GETMETADATA INBOX (MAXSIZE 3) (/private/comment)');
    expect(lines).toEqual([]);
    expect(tagged).toMatch(/^OK \[METADATA LONGENTRIES 4\]/);
    await talker.ok('SETMETADATA INBOX (/private/comment NIL)');
    expect(await talker.ok('GETMETADATA INBOX /private/comment')).toEqual([
      '* METADATA "INBOX" (/private/comment NIL)',
    ]);
    await talker.ok('SETMETADATA "" (/private/vendor/k/setting "v")');
    expect(await talker.ok('GETMETADATA "" /private/vendor/k/setting')).toEqual([
      '* METADATA "" (/private/vendor/k/setting "v")',
    ]);
    const long = await talker.literals(['SETMETADATA INBOX (/private/comment ', 'x'.repeat(20_000), ')']);
    expect(long.tagged).toMatch(/^NO \[METADATA MAXSIZE 16384\]/);
    expect((await talker.run('SETMETADATA INBOX (/other/a "x")')).tagged).toMatch(/^BAD/);
    expect(await talker.ok('LIST "" INBOX RETURN (METADATA (/shared/comment) MYRIGHTS)')).toEqual([
      '* LIST (\\HasNoChildren) "/" "INBOX"',
      '* MYRIGHTS "INBOX" lrswipkxteacd',
      '* METADATA "INBOX" (/shared/comment "ours")',
    ]);
  });
});

describe('NOTIFY', () => {
  it('[MAIL-3] tells of new mail, flags, names and subscriptions without being asked', async () => {
    const id = await kit.person('notified');
    const other = await kit.signIn('notified');
    const talker = await kit.signIn('notified');
    await talker.ok('SELECT INBOX');
    const first = await talker.ok(
      'NOTIFY SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))',
    );
    expect(first).toContainEqual(expect.stringMatching(/^\* STATUS "Archive" \(MESSAGES 0 UIDNEXT 1/));
    expect(first.some((line) => line.includes('"INBOX"'))).toBe(false);
    await kit.put(id, 'INBOX', letter({ Subject: 'pushed' }));
    expect(await talker.line()).toBe('* 1 EXISTS');
    expect(await talker.line()).toMatch(/^\* 1 FETCH \(UID 1 BODY\[HEADER.FIELDS \(SUBJECT\)\] \{.*pushed/s);
    await kit.put(id, 'Archive', letter({ Subject: 'elsewhere' }));
    expect(await talker.line()).toMatch(/^\* STATUS "Archive" \(MESSAGES 1 UIDNEXT 2/);
    await other.ok('SELECT INBOX');
    await other.ok('STORE 1 FLAGS.SILENT (\\Deleted)');
    expect(await talker.line()).toBe('* 1 FETCH (UID 1 FLAGS (\\Deleted))');
    await other.ok('EXPUNGE');
    expect(await talker.line()).toBe('* 1 EXPUNGE');
    await other.ok('CREATE Fresh');
    expect(await talker.line()).toBe('* LIST () "/" "Fresh"');
    expect(await talker.line()).toMatch(/^\* STATUS "Fresh"/);
    await other.ok('SUBSCRIBE Fresh');
    expect(await talker.line()).toBe('* LIST (\\Subscribed) "/" "Fresh"');
    await other.ok('RENAME Fresh Old');
    expect(await talker.line()).toBe('* LIST (\\Subscribed) "/" "Old" ("OLDNAME" ("Fresh"))');
    await other.ok('DELETE Old');
    expect(await talker.line()).toBe('* LIST (\\NonExistent) "/" "Old"');
    expect(await talker.ok('NOTIFY NONE')).toEqual([]);
    await kit.put(id, 'Archive', letter({ Subject: 'quiet' }));
    expect(await talker.ok('NOOP')).toEqual([]);
  });

  it('[MAIL-3] refuses what does not go together', async () => {
    await kit.person('wrong');
    const talker = await kit.signIn('wrong');
    expect((await talker.run('NOTIFY SET (personal (MessageNew))')).tagged).toMatch(/^BAD/);
    expect((await talker.run('NOTIFY SET (personal (FlagChange))')).tagged).toMatch(/^BAD/);
    expect((await talker.run('NOTIFY SET (selected (MailboxName))')).tagged).toMatch(/^BAD/);
    expect((await talker.run('NOTIFY SET (personal (ServerMetadataChange))')).tagged).toMatch(
      /^NO \[BADEVENT \(MessageNew/,
    );
    expect(
      (await talker.run('NOTIFY SET (subtree (INBOX Sent) (MessageNew MessageExpunge))')).tagged,
    ).toMatch(/^OK/);
  });
});
