import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MailKit, PASSWORD, startMail } from './imap-kit.ts';

const run = promisify(execFile);

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

async function has(program: string): Promise<boolean> {
  return run('which', [program]).then(
    () => true,
    () => false,
  );
}

describe('imapflow', () => {
  test('[MAIL-3] signs in under TLS, appends, reads, marks, moves and searches', async () => {
    await kit.person('flow');
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: kit.tlsPort,
      secure: true,
      tls: { rejectUnauthorized: false },
      auth: { user: 'flow@beichen.test', pass: PASSWORD },
      logger: false,
      qresync: true,
    });
    await client.connect();
    const tree = await client.list({ statusQuery: { messages: true, unseen: true } });
    expect(tree.find((folder) => folder.specialUse === '\\Sent')).toBeDefined();
    await client.mailboxCreate('项目/二零二六');
    expect((await client.list()).map((folder) => folder.path)).toContain('项目/二零二六');
    const appended = await client.append(
      'INBOX',
      'Subject: =?utf-8?B?5L2g5aW9?=\r\nFrom: a@b.c\r\nTo: d@e.f\r\n\r\n正文\r\n',
      ['\\Flagged', '$Todo'],
    );
    expect(appended).toMatchObject({ uid: 1 });
    const lock = await client.getMailboxLock('INBOX');
    try {
      const message = await client.fetchOne('1', {
        envelope: true,
        bodyStructure: true,
        flags: true,
        source: true,
        size: true,
      });
      if (!message) throw new Error('no message');
      expect(message.envelope?.subject).toBe('你好');
      expect([...(message.flags ?? [])].sort()).toEqual(['$Todo', '\\Flagged']);
      expect(message.source?.length).toBe(message.size);
      expect(await client.search({ flagged: true, subject: '你好' })).toEqual([1]);
      await client.messageFlagsAdd('1', ['\\Seen']);
      const moved = await client.messageMove('1', '项目/二零二六');
      expect(moved).toMatchObject({ uidMap: new Map([[1, 1]]) });
      expect(await client.search({ all: true })).toEqual([]);
    } finally {
      lock.release();
    }
    await client.mailboxDelete('项目/二零二六');
    await client.logout();
  });

  test('[MAIL-3] hears of new mail while idling', async () => {
    const id = await kit.person('idler');
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: kit.port,
      secure: false,
      tls: { rejectUnauthorized: false },
      auth: { user: 'idler@beichen.test', pass: PASSWORD },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen('INBOX');
    const heard = new Promise<number>((resolve) =>
      client.on('exists', (event: { count: number }) => resolve(event.count)),
    );
    void client.idle();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await kit.put(id, 'INBOX', 'Subject: x\n\nx\n');
    expect(await heard).toBe(1);
    await client.logout();
  });
});

describe('other clients', () => {
  test('[MAIL-3] Python imaplib reads and changes a mailbox', async () => {
    const id = await kit.person('python');
    for (let n = 1; n <= 3; n++) await kit.put(id, 'INBOX', `Subject: s${n}\n\nbody ${n}\n`);
    const script = `
import imaplib, ssl, sys
context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
M = imaplib.IMAP4('127.0.0.1', ${kit.port}); M.starttls(context)
M.login('python@beichen.test', ${JSON.stringify(PASSWORD)})
assert M.select('INBOX') == ('OK', [b'3'])
assert M.search(None, 'SUBJECT', 's2') == ('OK', [b'2'])
typ, data = M.fetch('2', '(RFC822)'); assert b'body 2' in data[0][1], data
assert M.store('1', '+FLAGS', '\\\\Deleted')[0] == 'OK'
assert M.expunge() == ('OK', [b'1'])
assert M.append('INBOX', '(\\\\Seen)', imaplib.Time2Internaldate(0), b'Subject: p\\r\\n\\r\\nx\\r\\n')[0] == 'OK'
assert M.uid('COPY', '2:*', 'Archive')[0] == 'OK'
assert M.status('Archive', '(MESSAGES)') == ('OK', [b'"Archive" (MESSAGES 3)'])
assert M.create('"a b"')[0] == 'OK' and M.rename('"a b"', 'c')[0] == 'OK' and M.delete('c')[0] == 'OK'
M.close(); M.logout(); print('fine')
`;
    const { stdout } = await run('python3', ['-c', script]);
    expect(stdout.trim()).toBe('fine');
  });

  test('[MAIL-3] mbsync keeps a Maildir and the mailbox alike in both directions', async ({ skip }) => {
    if (!(await has('mbsync'))) skip();
    const id = await kit.person('sync');
    for (let n = 1; n <= 5; n++) await kit.put(id, 'INBOX', `Subject: s${n}\n\nbody ${n}\n`);
    const folder = join(kit.folder, 'maildir');
    mkdirSync(folder);
    const config = join(kit.folder, 'mbsyncrc');
    writeFileSync(
      config,
      `IMAPAccount a
Host 127.0.0.1
Port ${kit.port}
User sync@beichen.test
Pass ${PASSWORD}
SSLType None
AuthMechs LOGIN

IMAPStore remote
Account a

MaildirStore local
Path ${folder}/
Inbox ${folder}/INBOX
SubFolders Verbatim

Channel c
Far :remote:
Near :local:
Patterns *
Create Both
Expunge Both
SyncState *
`,
    );
    await run('mbsync', ['-c', config, 'c']);
    const here = () =>
      ['new', 'cur'].flatMap((part) =>
        readdirSync(join(folder, 'INBOX', part)).map((name) => join(folder, 'INBOX', part, name)),
      );
    expect(here()).toHaveLength(5);
    expect(here().some((file) => readFileSync(file, 'utf8').includes('body 3'))).toBe(true);
    writeFileSync(join(folder, 'INBOX', 'new', 'mine.1'), 'Subject: local\n\nfrom here\n');
    const talker = await kit.signIn('sync');
    await talker.ok('SELECT INBOX');
    await talker.ok('STORE 1 +FLAGS.SILENT \\Deleted');
    await talker.ok('EXPUNGE');
    await run('mbsync', ['-c', config, 'c']);
    expect(here()).toHaveLength(5);
    await talker.ok('NOOP');
    expect(await talker.ok('SEARCH SUBJECT local')).toEqual(['* SEARCH 5']);
  });

  test('[MAIL-3] curl fetches a message by its URL', async ({ skip }) => {
    if (!(await has('curl'))) skip();
    const id = await kit.person('curl');
    await kit.put(id, 'INBOX', 'Subject: x\n\nhello curl\n');
    const { stdout } = await run('curl', [
      '-sk',
      `imaps://127.0.0.1:${kit.tlsPort}/INBOX;MAILINDEX=1`,
      '-u',
      `curl@beichen.test:${PASSWORD}`,
    ]);
    expect(stdout).toContain('hello curl');
  });

  test('[MAIL-3] mutt reads and moves mail', async ({ skip }) => {
    if (!(await has('mutt'))) skip();
    const id = await kit.person('mutt');
    for (let n = 1; n <= 3; n++)
      await kit.put(id, 'INBOX', `Subject: mutt ${n}\nFrom: a@b.test\n\nbody ${n}\n`);
    const rc = join(kit.folder, 'muttrc');
    writeFileSync(
      rc,
      `set folder=imap://mutt@beichen.test@127.0.0.1:${kit.port}/
set spoolfile=+INBOX
set imap_pass="${PASSWORD}"
set ssl_starttls=no
set ssl_force_tls=no
set imap_authenticators="login"
set delete=yes
set move=no
set confirmappend=no
set quit=yes
set mail_check=0
set header_cache=
set imap_condstore=yes
set imap_qresync=yes
push "<tag-pattern>~s 'mutt 2'<enter><tag-prefix><save-message>=Archive<enter><sync-mailbox><quit>"
`,
    );
    // Mutt wants a terminal: script gives it one.
    await run('script', ['-qec', `mutt -n -F ${rc} -f +INBOX`, '/dev/null'], {
      env: { ...process.env, TERM: 'vt100', HOME: kit.folder },
      timeout: 20_000,
    });
    const talker = await kit.signIn('mutt');
    await talker.ok('SELECT Archive');
    expect(await talker.ok('SEARCH SUBJECT "mutt 2"')).toEqual(['* SEARCH 1']);
    await talker.ok('SELECT INBOX');
    expect(await talker.ok('UID SEARCH UNDELETED')).toEqual(['* SEARCH 1 3']);
  });

  test('[MAIL-3] fetchmail takes mail by IMAP and marks it', async ({ skip }) => {
    if (!(await has('fetchmail'))) skip();
    const id = await kit.person('fetcher');
    for (let n = 1; n <= 2; n++) await kit.put(id, 'INBOX', `Subject: f${n}\n\nfetched ${n}\n`);
    const rc = join(kit.folder, 'fetchmailrc');
    const out = join(kit.folder, 'fetched');
    writeFileSync(
      rc,
      `poll 127.0.0.1 service ${kit.port} proto IMAP auth password user "fetcher@beichen.test" pass "${PASSWORD}" keep sslproto '' mda "cat >> ${out}"\n`,
      { mode: 0o600 },
    );
    await run(
      'fetchmail',
      ['-f', rc, '--pidfile', join(kit.folder, 'pid'), '--idfile', join(kit.folder, 'ids')],
      {
        env: { ...process.env, HOME: kit.folder, FETCHMAILHOME: kit.folder },
      },
    );
    expect(readFileSync(out, 'utf8')).toMatch(/fetched 1[\s\S]*fetched 2/);
    const talker = await kit.signIn('fetcher');
    expect(await talker.ok('STATUS INBOX (MESSAGES UNSEEN)')).toEqual([
      '* STATUS "INBOX" (MESSAGES 2 UNSEEN 0)',
    ]);
  });

  test('[MAIL-3] getmail takes mail by IMAP over TLS', async ({ skip }) => {
    if (!(await has('getmail'))) skip();
    const id = await kit.person('getter');
    await kit.put(id, 'INBOX', 'Subject: g\n\ngot it\n');
    const folder = join(kit.folder, 'getmail');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'getmailrc'),
      `[retriever]
type = SimpleIMAPSSLRetriever
server = 127.0.0.1
port = ${kit.tlsPort}
username = getter@beichen.test
password = ${PASSWORD}
mailboxes = ("INBOX",)
[destination]
type = MDA_external
path = /usr/bin/tee
arguments = ("-a", "${folder}/mbox")
allow_root_commands = true
[options]
read_all = true
`,
    );
    writeFileSync(join(folder, 'mbox'), '');
    await run('getmail', ['--getmaildir', folder, '--rcfile', 'getmailrc']);
    expect(readFileSync(join(folder, 'mbox'), 'utf8')).toContain('got it');
  });

  test('[MAIL-3] offlineimap brings a mailbox into a Maildir and flags back', async ({ skip }) => {
    if (!(await has('offlineimap'))) skip();
    const id = await kit.person('offline');
    for (let n = 1; n <= 3; n++) await kit.put(id, 'INBOX', `Subject: o${n}\n\noff ${n}\n`);
    const folder = join(kit.folder, 'offline');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'rc'),
      `[general]
accounts = a
metadata = ${folder}/meta
[Account a]
localrepository = l
remoterepository = r
[Repository l]
type = Maildir
localfolders = ${folder}/mail
[Repository r]
type = IMAP
remotehost = 127.0.0.1
remoteport = ${kit.port}
remoteuser = offline@beichen.test
remotepass = ${PASSWORD}
ssl = no
starttls = no
auth_mechanisms = LOGIN
folderfilter = lambda name: name == 'INBOX'
`,
    );
    const sync = () =>
      run('offlineimap', ['-c', join(folder, 'rc'), '-o', '-u', 'quiet'], { timeout: 30_000 });
    await sync();
    const box = join(folder, 'mail', 'INBOX');
    const fresh = readdirSync(join(box, 'new'));
    expect(fresh).toHaveLength(3);
    const [first = ''] = fresh;
    renameSync(join(box, 'new', first), join(box, 'cur', first.replace(/:2,.*$/, '').concat(':2,S')));
    await sync();
    const talker = await kit.signIn('offline');
    await talker.ok('SELECT INBOX');
    expect((await talker.ok('SEARCH SEEN'))[0]).toMatch(/^\* SEARCH \d$/);
  });

  test('[MAIL-3] imapflow and imaplib use UTF8=ACCEPT, SORT, THREAD, QUOTA, ACL and COMPRESS', async () => {
    const id = await kit.person('modern');
    await kit.put(id, 'INBOX', 'Subject: m\n\nx\n');
    const script = `
import imaplib
M = imaplib.IMAP4('127.0.0.1', ${kit.port})
M.login('modern@beichen.test', ${JSON.stringify(PASSWORD)})
assert M.enable('UTF8=ACCEPT')[0] == 'OK'
assert M.append('INBOX', None, None, 'Subject: 你好\\r\\n\\r\\n正文\\r\\n'.encode('utf-8'))[0] == 'OK'
assert M.select('INBOX') == ('OK', [b'2'])
assert M.thread('REFERENCES', 'UTF-8', 'ALL') == ('OK', [b'(1)(2)'])
assert M.sort('(REVERSE ARRIVAL)', 'UTF-8', 'ALL') == ('OK', [b'2 1'])
assert M.getquotaroot('INBOX')[0] == 'OK'
assert M.setacl('INBOX', 'anyone', 'lr')[0] == 'OK' and M.getacl('INBOX')[0] == 'OK' and M.deleteacl('INBOX', 'anyone')[0] == 'OK'
assert M.namespace()[0] == 'OK'
M.unselect(); M.logout(); print('fine')
`;
    const { stdout } = await run('python3', ['-c', script]);
    expect(stdout.trim()).toBe('fine');
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: kit.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'modern@beichen.test', pass: PASSWORD },
      logger: false,
    });
    await client.connect();
    await client.mailboxOpen('INBOX');
    const quota = await client.getQuota();
    expect(quota).toMatchObject({ path: 'INBOX' });
    const found = await client.fetchOne('2', { envelope: true, threadId: true });
    expect(found).toMatchObject({ threadId: expect.stringMatching(/^T\d+$/) });
    await client.logout();
  });
});
