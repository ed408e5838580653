import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MailKit, PASSWORD, startMail } from './imap-kit.ts';

const MESSAGE = `From: "张伟" <zhangwei@beichen.test>
To: liuyang@beichen.test
Subject: =?utf-8?B?5byA5a2m6YCa55+l?=
Date: Mon, 23 Nov 2026 08:00:00 +0800
Message-ID: <one@beichen.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain; charset=utf-8

请各位同学准时报到。
--b1
Content-Type: application/pdf; name=a.pdf
Content-Disposition: attachment; filename=a.pdf
Content-Transfer-Encoding: base64

AAECAw==
--b1--
`;

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

let count = 0;
async function somebody(messages = 0): Promise<{ name: string; id: number }> {
  const name = `p${++count}`;
  const id = await kit.person(name);
  for (let n = 1; n <= messages; n++) await kit.put(id, 'INBOX', MESSAGE.replace('<one@', `<m${n}.${name}@`));
  return { name, id };
}

describe('signing in', () => {
  test('[MAIL-3] greets with capabilities and lets a person sign in', async () => {
    const { name } = await somebody();
    const talker = await kit.talk();
    expect(talker.greeting).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*STARTTLS.*\]/);
    const { tagged } = await talker.run(`LOGIN ${name}@beichen.test wrong`);
    expect(tagged).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
    expect((await talker.run(`LOGIN ${name}@beichen.test "${PASSWORD}"`)).tagged).toMatch(
      /^OK \[CAPABILITY .*UIDPLUS/,
    );
    expect((await talker.run('LOGIN a b')).tagged).toMatch(/^BAD/);
  });

  test('[MAIL-3] AUTHENTICATE PLAIN works with and without an initial response, LOGIN with challenges', async () => {
    const { name } = await somebody();
    const plain = Buffer.from(`\0${name}@beichen.test\0${PASSWORD}`).toString('base64');
    const first = await kit.talk();
    expect((await first.run(`AUTHENTICATE PLAIN ${plain}`)).tagged).toMatch(/^OK/);
    const second = await kit.talk();
    second.send('t1 AUTHENTICATE PLAIN\r\n');
    expect(await second.line()).toBe('+ ');
    second.send(`${plain}\r\n`);
    expect(await second.line()).toMatch(/^t1 OK/);
    const third = await kit.talk();
    third.send('t1 AUTHENTICATE LOGIN\r\n');
    expect(await third.line()).toBe('+ VXNlcm5hbWU6');
    third.send(`${Buffer.from(`${name}@beichen.test`).toString('base64')}\r\n`);
    expect(await third.line()).toBe('+ UGFzc3dvcmQ6');
    third.send('*\r\n');
    expect(await third.line()).toMatch(/^t1 BAD/);
  });

  test('[SEC-1] STARTTLS forgets what was sent in the clear behind it', async () => {
    const { name } = await somebody();
    const talker = await kit.talk();
    talker.send(`t1 STARTTLS\r\nt2 LOGIN ${name}@beichen.test "${PASSWORD}"\r\n`);
    expect(await talker.line()).toMatch(/^t1 OK/);
    await talker.startTls();
    expect((await talker.run('LIST "" *')).tagged).toMatch(/^BAD/);
    await talker.ok(`LOGIN ${name}@beichen.test "${PASSWORD}"`);
    expect((await talker.run('STARTTLS')).tagged).toMatch(/^BAD/);
  });

  test('[MAIL-3] the TLS port speaks at once and offers no STARTTLS', async () => {
    const talker = await kit.talk({ tls: true });
    expect(talker.greeting).not.toContain('STARTTLS');
    expect(talker.greeting).toContain('AUTH=PLAIN');
  });

  test('[SEC-1] a session ends when the account is revoked', async () => {
    const { name, id } = await somebody();
    const talker = await kit.signIn(name);
    kit.people.revoke(id);
    expect(await talker.line()).toMatch(/^\* BYE/);
    await talker.closed;
  });
});

describe('mailboxes', () => {
  test('[MAIL-3] lists INBOX and one folder per special use', async () => {
    const { name } = await somebody();
    const talker = await kit.signIn(name);
    const lines = await talker.ok('LIST "" "*"');
    expect(lines[0]).toMatch(/^\* LIST \(.*\) "\/" "INBOX"$/);
    for (const use of ['Drafts', 'Sent', 'Junk', 'Trash', 'Archive']) {
      expect(
        lines.filter((line) => line.includes(`\\${use}`)),
        use,
      ).toHaveLength(1);
    }
    expect(await talker.ok('LIST "" ""')).toEqual(['* LIST (\\Noselect) "/" ""']);
  });

  test('[MAIL-3] creates, renames, subscribes and deletes a folder with a Chinese name', async () => {
    const { name } = await somebody();
    const talker = await kit.signIn(name);
    await talker.ok('CREATE "&TipvZA-/2026"');
    expect(await talker.ok('LIST "" "&TipvZA-*"')).toEqual([
      '* LIST (\\HasChildren) "/" "&TipvZA-"',
      '* LIST (\\HasNoChildren) "/" "&TipvZA-/2026"',
    ]);
    expect((await talker.run('CREATE "&TipvZA-/2026"')).tagged).toMatch(/^NO \[ALREADYEXISTS\]/);
    await talker.ok('RENAME "&TipvZA-" Projects');
    expect(await talker.ok('LIST "" "Projects%"')).toHaveLength(1);
    await talker.ok('UNSUBSCRIBE Projects/2026');
    expect((await talker.ok('LSUB "" "Projects*"')).join()).not.toContain('2026');
    await talker.ok('DELETE Projects/2026');
    await talker.ok('DELETE Projects');
    expect((await talker.run('SELECT Projects')).tagged).toMatch(/^NO \[NONEXISTENT\]/);
    expect((await talker.run('DELETE INBOX')).tagged).toMatch(/^NO/);
  });

  test('[MAIL-3] LIST-EXTENDED tells subscriptions and STATUS in one answer', async () => {
    const { name } = await somebody(2);
    const talker = await kit.signIn(name);
    const lines = await talker.ok('LIST (SUBSCRIBED) "" (INBOX) RETURN (CHILDREN STATUS (MESSAGES UNSEEN))');
    expect(lines[0]).toContain('\\Subscribed');
    expect(lines[1]).toBe('* STATUS "INBOX" (MESSAGES 2 UNSEEN 2)');
  });

  test('[MAIL-3] renaming INBOX moves its mail and leaves an empty INBOX', async () => {
    const { name } = await somebody(3);
    const talker = await kit.signIn(name);
    await talker.ok('RENAME INBOX Old');
    expect(await talker.ok('STATUS INBOX (MESSAGES)')).toEqual(['* STATUS "INBOX" (MESSAGES 0)']);
    expect(await talker.ok('STATUS Old (MESSAGES)')).toEqual(['* STATUS "Old" (MESSAGES 3)']);
  });
});

describe('messages', () => {
  test('[MAIL-3] SELECT, FETCH of stored parts and of slices of the body', async () => {
    const { name } = await somebody(1);
    const talker = await kit.signIn(name);
    const selected = await talker.ok('SELECT INBOX');
    expect(selected).toContain('* 1 EXISTS');
    expect(selected.join()).toMatch(/UIDVALIDITY \d+.*UIDNEXT 2/);
    const [stored] = await talker.ok('FETCH 1 (UID FLAGS ENVELOPE BODYSTRUCTURE RFC822.SIZE INTERNALDATE)');
    expect(stored).toContain('"=?utf-8?B?5byA5a2m6YCa55+l?="');
    expect(stored).toContain('("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" 8');
    const size = Buffer.byteLength(MESSAGE.replace(/\n/g, '\r\n').replace('<one@', `<m1.${name}@`));
    expect(stored).toContain(`RFC822.SIZE ${size}`);
    expect(stored).toContain('FLAGS ()');
    const [whole] = await talker.ok('FETCH 1 BODY.PEEK[]');
    expect(whole).toContain(`BODY[] {${size}}\r\n`);
    expect(await talker.ok('FETCH 1 (BODY.PEEK[2] BODY.PEEK[HEADER.FIELDS (subject)])')).toEqual([
      '* 1 FETCH (BODY[2] {8}\r\nAAECAw== BODY[HEADER.FIELDS (subject)] {41}\r\nSubject: =?utf-8?B?5byA5a2m6YCa55+l?=\r\n\r\n)',
    ]);
    expect(await talker.ok('FETCH 1 BODY.PEEK[]<5.7>')).toEqual([
      '* 1 FETCH (BODY[]<5> {7}\r\n "\xe5\xbc\xa0\xe4\xbc)',
    ]);
    expect(await talker.ok('FETCH 1 BODY.PEEK[7]')).toEqual(['* 1 FETCH (BODY[7] NIL)']);
    expect(await talker.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS ())']);
    const [seen] = await talker.ok('FETCH 1 BODY[1]');
    expect(seen).toContain('FLAGS (\\Seen)');
    expect((await talker.run('FETCH 2 FLAGS')).tagged).toMatch(/^BAD/);
    expect(await talker.ok('UID FETCH 999 FLAGS')).toEqual([]);
  });

  test('[MAIL-3] EXAMINE changes nothing', async () => {
    const { name } = await somebody(1);
    const talker = await kit.signIn(name);
    expect((await talker.run('EXAMINE INBOX')).tagged).toMatch(/^OK \[READ-ONLY\]/);
    await talker.ok('FETCH 1 BODY[]');
    expect(await talker.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS ())']);
    expect((await talker.run('STORE 1 +FLAGS \\Seen')).tagged).toMatch(/^NO/);
  });

  test('[MAIL-3] APPEND stores what was sent, with flags and date, and tells the UID', async () => {
    const { name } = await somebody();
    const talker = await kit.signIn(name);
    const { tagged } = await talker.literals([
      'APPEND Drafts (\\Draft $Mine) "17-Jul-1996 02:44:25 -0700" ',
      'Subject: x\r\n\r\nbody',
    ]);
    expect(tagged).toMatch(/^OK \[APPENDUID \d+ 1\]/);
    await talker.ok('SELECT Drafts');
    expect(await talker.ok('FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])')).toEqual([
      '* 1 FETCH (FLAGS (\\Draft $Mine) INTERNALDATE "17-Jul-1996 09:44:25 +0000" BODY[] {18}\r\nSubject: x\r\n\r\nbody)',
    ]);
    expect((await talker.literals(['APPEND Nowhere ', 'x'])).tagged).toMatch(/^NO \[TRYCREATE\]/);
    expect((await talker.run('APPEND Drafts {99999999}')).tagged).toMatch(/^NO \[TOOBIG\]/);
  });

  test('[MAIL-3] APPEND takes several messages and literals without waiting', async () => {
    const { name } = await somebody();
    const talker = await kit.signIn(name);
    talker.send(
      't1 APPEND INBOX (\\Seen) {5+}\r\na:\r\n\r {4+}\r\nb:\r\n\r\nt2 APPEND Nowhere {3+}\r\nx\r\n\r\nt3 NOOP\r\n',
    );
    expect(await talker.line()).toMatch(/^t1 OK \[APPENDUID \d+ 1:2\]/);
    expect(await talker.line()).toMatch(/^t2 NO \[TRYCREATE\]/);
    expect(await talker.line()).toMatch(/^t3 OK/);
  });

  test('[MAIL-3] STORE, COPY, MOVE and EXPUNGE with their UIDPLUS codes', async () => {
    const { name } = await somebody(5);
    const talker = await kit.signIn(name);
    await talker.ok('SELECT INBOX');
    expect(await talker.ok('STORE 1:2 +FLAGS (\\Deleted)')).toEqual([
      '* 1 FETCH (UID 1 FLAGS (\\Deleted))',
      '* 2 FETCH (UID 2 FLAGS (\\Deleted))',
    ]);
    expect(await talker.ok('STORE 3 FLAGS.SILENT \\Flagged')).toEqual([]);
    expect((await talker.run('COPY 3:4 Archive')).tagged).toMatch(/^OK \[COPYUID \d+ 3:4 1:2\]/);
    expect((await talker.run('COPY 3 Nowhere')).tagged).toMatch(/^NO \[TRYCREATE\]/);
    const moved = await talker.run('UID MOVE 5 Trash');
    expect(moved.lines[0]).toMatch(/^\* OK \[COPYUID \d+ 5 1\]/);
    expect(moved.lines[1]).toBe('* 5 EXPUNGE');
    expect((await talker.run('UID MOVE 5 Trash')).tagged).toMatch(/^OK/);
    expect(await talker.ok('UID EXPUNGE 2')).toEqual(['* 2 EXPUNGE']);
    expect(await talker.ok('EXPUNGE')).toEqual(['* 1 EXPUNGE']);
    expect(await talker.ok('FETCH 1:* (UID FLAGS)')).toEqual([
      '* 1 FETCH (UID 3 FLAGS (\\Flagged))',
      '* 2 FETCH (UID 4 FLAGS ())',
    ]);
    await talker.ok('STORE 1 +FLAGS \\Deleted');
    await talker.ok('CLOSE');
    expect(await talker.ok('STATUS INBOX (MESSAGES)')).toEqual(['* STATUS "INBOX" (MESSAGES 1)']);
  });

  test('[MAIL-3] SEARCH finds by flags, sizes, dates, sets and Chinese words', async () => {
    const { name, id } = await somebody(2);
    await kit.put(
      id,
      'INBOX',
      'Subject: hello\nDate: Tue, 24 Nov 2026 08:00:00 +0800\nFrom: bob@example.net\n\nplain words here\n',
    );
    const talker = await kit.signIn(name);
    await talker.ok('SELECT INBOX');
    await talker.ok('STORE 2 +FLAGS (\\Seen $Red)');
    const find = async (keys: string) => (await talker.ok(`SEARCH ${keys}`))[0];
    expect(await find('ALL')).toBe('* SEARCH 1 2 3');
    expect(await find('UNSEEN')).toBe('* SEARCH 1 3');
    expect(await find('KEYWORD $red')).toBe('* SEARCH 2');
    expect(await find('FROM bob')).toBe('* SEARCH 3');
    expect(await find('NOT FROM bob 2:*')).toBe('* SEARCH 2');
    expect(await find('OR SEEN SUBJECT "HELLO"')).toBe('* SEARCH 2 3');
    expect(await find('BODY "words here"')).toBe('* SEARCH 3');
    expect(await find('LARGER 200')).toBe('* SEARCH 1 2');
    expect(await find('SENTON 23-Nov-2026')).toBe('* SEARCH 1 2');
    expect(await find('BEFORE 1-Jan-2020')).toBe('* SEARCH');
    expect(await find('HEADER Message-ID "m1."')).toBe('* SEARCH 1');
    expect((await talker.literals(['SEARCH CHARSET UTF-8 SUBJECT ', '开学'])).lines).toEqual([
      '* SEARCH 1 2',
    ]);
    expect((await talker.literals(['UID SEARCH BODY ', '报到'])).lines).toEqual(['* SEARCH 1 2']);
    expect((await talker.ok('UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN'))[0]).toMatch(
      /^\* ESEARCH \(TAG "a\d+"\) UID MIN 1 MAX 3 ALL 1,3 COUNT 2$/,
    );
    expect((await talker.run('SEARCH CHARSET X-NONE ALL')).tagged).toMatch(/^NO \[BADCHARSET/);
  });

  test('[MAIL-3] CONDSTORE tells modseqs and refuses stale changes', async () => {
    const { name } = await somebody(2);
    const talker = await kit.signIn(name);
    const selected = (await talker.ok('SELECT INBOX (CONDSTORE)')).join();
    const modseq = Number(/HIGHESTMODSEQ (\d+)/.exec(selected)?.[1]);
    const [line] = await talker.ok('STORE 1 +FLAGS \\Flagged');
    const after = Number(/MODSEQ \((\d+)\)/.exec(line ?? '')?.[1]);
    expect(after).toBeGreaterThan(modseq);
    const stale = await talker.run(`UID STORE 1:2 (UNCHANGEDSINCE ${modseq}) +FLAGS.SILENT \\Seen`);
    expect(stale.tagged).toMatch(/^OK \[MODIFIED 1\]/);
    expect(stale.lines).toHaveLength(1);
    expect(await talker.ok(`FETCH 1:* (FLAGS) (CHANGEDSINCE ${after})`)).toHaveLength(1);
    expect((await talker.ok(`SEARCH MODSEQ ${after}`))[0]).toMatch(/^\* SEARCH 1 2 \(MODSEQ \d+\)$/);
  });

  test('[MAIL-3] QRESYNC tells in one answer what vanished and what changed', async () => {
    const { name } = await somebody(4);
    const talker = await kit.signIn(name);
    await talker.ok('ENABLE QRESYNC');
    const selected = (await talker.ok('SELECT INBOX')).join();
    const modseq = /HIGHESTMODSEQ (\d+)/.exec(selected)?.[1];
    const validity = /UIDVALIDITY (\d+)/.exec(selected)?.[1];
    const other = await kit.signIn(name);
    await other.ok('SELECT INBOX');
    await other.ok('STORE 2 +FLAGS.SILENT \\Deleted');
    await other.ok('EXPUNGE');
    await other.ok('STORE 3 +FLAGS.SILENT \\Answered');
    expect(await talker.ok('NOOP')).toEqual([
      '* VANISHED 2',
      expect.stringMatching(/^\* 3 FETCH \(UID 4 MODSEQ \(\d+\) FLAGS \(\\Answered\)\)$/),
    ]);
    await talker.ok('UNSELECT');
    const again = await talker.ok(`SELECT INBOX (QRESYNC (${validity} ${modseq}))`);
    expect(again).toContain('* VANISHED (EARLIER) 2');
    expect(again.at(-1)).toMatch(/^\* 3 FETCH \(UID 4 MODSEQ/);
  });
});

describe('several sessions', () => {
  test('[MAIL-3] an expunge is never told inside FETCH, STORE or SEARCH, and numbers stay right', async () => {
    const { name } = await somebody(4);
    const one = await kit.signIn(name);
    const two = await kit.signIn(name);
    await one.ok('SELECT INBOX');
    await two.ok('SELECT INBOX');
    await two.ok('STORE 1 +FLAGS.SILENT \\Deleted');
    await two.ok('EXPUNGE');
    for (const command of ['FETCH 2 UID', 'STORE 3 +FLAGS.SILENT \\Seen', 'SEARCH ALL']) {
      expect((await one.ok(command)).join(), command).not.toContain('EXPUNGE');
    }
    expect(await one.ok('FETCH 2 UID')).toEqual(['* 2 FETCH (UID 2)']);
    expect((await one.run('FETCH 1 FLAGS')).tagged).toMatch(/^OK \[EXPUNGEISSUED\]/);
    expect(await one.ok('NOOP')).toEqual(['* 1 EXPUNGE']);
    expect(await one.ok('FETCH 1 UID')).toEqual(['* 1 FETCH (UID 2)']);
  });

  test('[MAIL-3] IDLE tells new mail, flags and expunges at once', async () => {
    const { name, id } = await somebody(2);
    const idler = await kit.signIn(name);
    await idler.ok('SELECT INBOX');
    idler.send('t1 IDLE\r\n');
    expect(await idler.line()).toMatch(/^\+/);
    const start = performance.now();
    await kit.put(id, 'INBOX', 'Subject: new\n\nx\n');
    expect(await idler.line()).toBe('* 3 EXISTS');
    expect(performance.now() - start).toBeLessThan(500);
    const other = await kit.signIn(name);
    await other.ok('SELECT INBOX');
    await other.ok('STORE 1 +FLAGS.SILENT \\Flagged');
    expect(await idler.line()).toBe('* 1 FETCH (UID 1 FLAGS (\\Flagged))');
    await other.ok('STORE 2 +FLAGS.SILENT \\Deleted');
    expect(await idler.line()).toContain('\\Deleted');
    await other.ok('EXPUNGE');
    expect(await idler.line()).toBe('* 2 EXPUNGE');
    idler.send('DONE\r\n');
    expect(await idler.line()).toMatch(/^t1 OK/);
  });

  test('[MAIL-3] deleting a mailbox ends the sessions that have it open', async () => {
    const { name } = await somebody();
    const one = await kit.signIn(name);
    const two = await kit.signIn(name);
    await one.ok('CREATE Gone');
    await two.ok('SELECT Gone');
    await one.ok('DELETE Gone');
    const { lines } = await two.run('NOOP');
    expect(lines.join()).toContain('BYE');
  });
});

describe('unit mailboxes', () => {
  test('[MAIL-3] members see them under Other Users, each with an own seen mark', async () => {
    const a = await somebody();
    const b = await somebody();
    const unit = await kit.unit(`unit${count}`, [a.id, b.id]);
    const address = `unit${count}@beichen.test`;
    await kit.put(unit, 'INBOX', 'Subject: shared\n\nx\n');
    const one = await kit.signIn(a.name);
    const two = await kit.signIn(b.name);
    const listed = (await one.ok('LIST "" "*"')).join('\n');
    expect(listed).toContain(`"Other Users/${address}/INBOX"`);
    expect(listed).toContain('* LIST (\\Noselect \\HasChildren) "/" "Other Users"');
    expect(listed.match(/\\Sent/g)).toHaveLength(1);
    await one.ok(`SELECT "Other Users/${address}/INBOX"`);
    await two.ok(`SELECT "Other Users/${address}/INBOX"`);
    await one.ok('STORE 1 +FLAGS (\\Seen \\Flagged)');
    expect((await two.ok('FETCH 1 FLAGS'))[0]).toBe('* 1 FETCH (FLAGS (\\Flagged))');
    expect(await one.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS (\\Seen \\Flagged))']);
    expect((await one.run('COPY 1 INBOX')).tagged).toMatch(/^OK \[COPYUID/);
    kit.people.change(unit, { members: [a.id] });
    expect((await two.run('NOOP')).lines.join()).toContain('BYE');
    const stranger = await kit.signIn((await somebody()).name);
    expect((await stranger.run(`SELECT "Other Users/${address}/INBOX"`)).tagged).toMatch(
      /^NO \[NONEXISTENT\]/,
    );
  });

  test('[MAIL-3] a unit mailbox can be signed in to directly', async () => {
    const unit = await kit.unit('direct', []);
    await kit.put(unit, 'INBOX', 'Subject: shared\n\nx\n');
    const talker = await kit.signIn('direct');
    expect(await talker.ok('SELECT INBOX')).toContain('* 1 EXISTS');
  });
});

describe('hostile input', () => {
  test('[SEC-1] lines without end, huge literals and nonsense end in BAD or BYE', async () => {
    const { name } = await somebody();
    const long = await kit.talk();
    long.send('a'.repeat(20_000));
    expect(await long.line()).toMatch(/^\* BYE/);
    const literal = await kit.talk();
    expect((await literal.run('LOGIN {999999}')).tagged).toMatch(/^NO \[TOOBIG\]/);
    literal.send('x LOGIN {99999999+}\r\n');
    expect(await literal.line()).toMatch(/^x NO \[TOOBIG\]/);
    expect(await literal.line()).toMatch(/^\* BYE/);
    const noise = await kit.signIn(name);
    for (const line of ['FETCH', 'FETCH 1 (', 'UID', 'SELECT "', 'NOOP x', 'XYZ', 'SEARCH ((((ALL']) {
      expect((await noise.run(line)).tagged, line).toMatch(/^BAD/);
    }
    expect((await noise.run('NOOP')).tagged).toMatch(/^OK/);
  });
});
