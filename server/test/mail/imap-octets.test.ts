import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailKit, startMail } from './imap-kit.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

test('[MAIL-3] RFC822.SIZE, BODY[] and its slices agree for any octets', async () => {
  await kit.person('octets');
  const talker = await kit.signIn('octets');
  await talker.ok('SELECT INBOX');
  const line = fc.constantFrom(
    'From: a@b.c',
    'Subject: x',
    'Content-Type: multipart/mixed; boundary=b',
    '--b',
    '--b--',
    '',
    ' folded',
    'é中',
    'text',
    'MIME-Version: 1.0',
    'Content-Type: message/rfc822',
    '\0nul',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.constantFrom('\r\n', '\n'),
      async (lines, end) => {
        const message = lines.join(end) + end;
        const { tagged } = await talker.literals(['APPEND INBOX ', message]);
        const uid = /APPENDUID \d+ (\d+)/.exec(tagged)?.[1];
        const octets = Buffer.from(message).toString('latin1');
        const [answer = ''] = await talker.ok(
          `UID FETCH ${uid} (RFC822.SIZE BODYSTRUCTURE ENVELOPE BODY.PEEK[])`,
        );
        expect(answer).toContain(`RFC822.SIZE ${octets.length}`);
        expect(answer.endsWith(`BODY[] {${octets.length}}\r\n${octets})`)).toBe(true);
        let parts = '';
        for (const section of ['HEADER', 'TEXT']) {
          const [found = ''] = await talker.ok(`UID FETCH ${uid} (BODY.PEEK[${section}])`);
          parts += /\{\d+\}\r\n([\s\S]*)\)$/.exec(found)?.[1] ?? '';
        }
        expect(parts).toBe(octets);
        const [slice = ''] = await talker.ok(`UID FETCH ${uid} (BODY.PEEK[]<3.7>)`);
        expect(slice.endsWith(`BODY[]<3> {${octets.slice(3, 10).length}}\r\n${octets.slice(3, 10)})`)).toBe(
          true,
        );
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('[MAIL-3] a message of 15 MB comes back byte for byte, whole and in slices', async () => {
  await kit.person('large');
  const talker = await kit.signIn('large');
  const body = randomBytes(11 * 1024 * 1024)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  const message = `Subject: large\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/zip\r\n\r\n${body}\r\n`;
  expect((await talker.literals(['APPEND INBOX ', message])).tagged).toMatch(/^OK/);
  await talker.ok('SELECT INBOX');
  const [whole = ''] = await talker.ok('FETCH 1 BODY.PEEK[]');
  expect(whole.length).toBe(`* 1 FETCH (BODY[] {${message.length}}\r\n`.length + message.length + 1);
  expect(whole.includes(message)).toBe(true);
  const [slice = ''] = await talker.ok('FETCH 1 BODY.PEEK[1]<9000000.1000>');
  expect(slice).toContain(`${body}\r\n`.slice(9_000_000, 9_001_000));
}, 60_000);

test('[SEC-1] noise on the wire never takes the server down', async () => {
  await kit.person('noise');
  const word = fc.constantFrom(
    'a1',
    'LOGIN',
    'SELECT',
    'FETCH',
    'UID',
    'SEARCH',
    'APPEND',
    'INBOX',
    '1:*',
    '(',
    ')',
    '"',
    '{3}',
    '{3+}',
    '\r\n',
    ' ',
    'BODY[',
    ']',
    '\\Seen',
    '*',
    '%',
    'LIST',
    '""',
    'STORE',
    'FLAGS',
    'IDLE',
    'DONE',
    'AUTHENTICATE',
    'PLAIN',
    '=',
    'é',
    '\0',
    'NOOP',
    'MOVE',
    'ENABLE',
    'QRESYNC',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 60 }), fc.boolean(), async (words, signedIn) => {
      const talker = signedIn ? await kit.signIn('noise') : await kit.talk();
      talker.send(`${words.join(' ')}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      talker.close();
    }),
    { numRuns: 150 },
  );
  const after = await kit.signIn('noise');
  expect((await after.run('NOOP')).tagged).toMatch(/^OK/);
  after.close();
  for (let wait = 0; kit.imap.sessions() > 2 && wait < 100; wait++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(kit.imap.sessions()).toBeLessThanOrEqual(2);
}, 60_000);

test('[MAIL-3] messages of every size come back byte for byte, however they are kept: as they are, compressed, as a file', async () => {
  await kit.person('sizes');
  const talker = await kit.signIn('sizes');
  await talker.ok('SELECT INBOX');
  for (const size of [500, 16_300, 16_500, 60_000, 127_000, 132_000, 400_000]) {
    for (const text of ['compressible text\r\n', undefined]) {
      const filler = text
        ? text.repeat(Math.ceil(size / text.length))
        : randomBytes(size)
            .toString('base64')
            .replace(/(.{76})/g, '$1\r\n');
      const message = `Subject: size ${size}\r\nX-Mark: kept\r\n\r\n${filler.slice(0, size)}\r\n`;
      const { tagged } = await talker.literals(['APPEND INBOX ', message]);
      const uid = /APPENDUID \d+ (\d+)/.exec(tagged)?.[1];
      const [whole = ''] = await talker.ok(`UID FETCH ${uid} BODY.PEEK[]`);
      expect(whole.endsWith(`BODY[] {${message.length}}\r\n${message})`)).toBe(true);
      const [header = ''] = await talker.ok(`UID FETCH ${uid} BODY.PEEK[HEADER.FIELDS (X-MARK)]`);
      expect(header).toContain('X-Mark: kept\r\n\r\n');
      const [slice = ''] = await talker.ok(`UID FETCH ${uid} BODY.PEEK[TEXT]<100.50>`);
      expect(slice.endsWith(`${filler.slice(0, size).slice(100, 150)})`)).toBe(true);
    }
  }
}, 60_000);
