import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailFixture, mailFixture } from './mail-fixture.ts';

let mail: MailFixture;
beforeAll(async () => {
  mail = await mailFixture();
});
afterAll(() => mail.close());

/** Speaks ManageSieve by hand: `say` gives everything up to the line with OK, NO or BYE. */
class Talk {
  private input = '';
  private wake: (() => void) | undefined;
  private socket: Socket;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.attach();
  }

  static async open(): Promise<Talk> {
    const socket = connect({ port: mail.ports.sieve, host: '127.0.0.1' });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const talk = new Talk(socket);
    await talk.answer();
    return talk;
  }

  static async signedIn(): Promise<Talk> {
    const talk = await Talk.open();
    expect(await talk.say(`AUTHENTICATE "PLAIN" "${base64('\0liuyang@beichen.test\0secret two')}"`)).toBe(
      'OK',
    );
    return talk;
  }

  private attach(): void {
    this.socket.on('data', (bytes) => {
      this.input += bytes.toString('utf8');
      this.wake?.();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.wake?.();
    });
    this.socket.on('error', () => undefined);
  }

  async startTls(): Promise<string> {
    expect(await this.say('STARTTLS')).toMatch(/^OK/);
    this.socket.removeAllListeners('data');
    const secure = tlsConnect({ socket: this.socket, rejectUnauthorized: false });
    await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    this.socket = secure;
    this.attach();
    return this.answer();
  }

  write(text: string): void {
    this.socket.write(text);
  }

  writeBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async answer(end = /(?:^|\n)(?:OK|NO|BYE)\b[^\n]*\n$/): Promise<string> {
    while (!end.test(this.input) && !this.closed) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no answer; got ${JSON.stringify(this.input)}`)),
          10_000,
        );
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const text = this.input.trimEnd();
    this.input = '';
    return text;
  }

  say(line: string, end?: RegExp): Promise<string> {
    this.write(`${line}\r\n`);
    return this.answer(end);
  }

  end(): void {
    this.socket.destroy();
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const literal = (text: string) => `{${Buffer.byteLength(text)}+}\r\n${text}`;

describe('[MAIL-3] ManageSieve (RFC 5804)', () => {
  it('tells what it can, and again under TLS', async () => {
    const talk = await Talk.open();
    const before = await talk.say('capability');
    expect(before).toMatch(/^"IMPLEMENTATION" "Hongyan"\r\n/);
    for (const part of [
      '"SASL" "PLAIN LOGIN"',
      '"STARTTLS"',
      '"VERSION" "1.0"',
      '"NOTIFY" "mailto',
      '"MAXREDIRECTS"',
    ])
      expect(before).toContain(part);
    expect(before).toMatch(/"SIEVE" "fileinto .*vacation/);
    const after = await talk.startTls();
    expect(after).not.toContain('"STARTTLS"');
    expect(await talk.say('STARTTLS')).toMatch(/^NO/);
    expect(await talk.say('NOOP "mark"', /mark\) "Done"\r\n$/)).toBe('OK (TAG {4}\r\nmark) "Done"');
    expect(await talk.say('LOGOUT')).toMatch(/^OK/);
    talk.end();
  });

  it('signs in by PLAIN and LOGIN with strings and literals, and not otherwise', async () => {
    const talk = await Talk.open();
    expect(await talk.say('LISTSCRIPTS')).toMatch(/^NO/);
    expect(await talk.say(`AUTHENTICATE "PLAIN" "${base64('\0liuyang@beichen.test\0wrong')}"`)).toMatch(
      /^NO/,
    );
    expect(await talk.say('AUTHENTICATE "XOAUTH2"')).toMatch(/^NO/);
    expect(await talk.say('AUTHENTICATE "PLAIN"', /"\r\n$/)).toBe('""');
    expect(await talk.say(literal(base64('\0liuyang@beichen.test\0secret two')))).toBe('OK');
    expect(await talk.say('CAPABILITY')).toContain('"OWNER" "liuyang@beichen.test"');
    expect(await talk.say('UNAUTHENTICATE')).toBe('OK');
    expect(await talk.say('LISTSCRIPTS')).toMatch(/^NO/);
    expect(await talk.say('AUTHENTICATE "LOGIN"', /"\r\n$/)).toBe(`"${base64('Username:')}"`);
    expect(await talk.say(`"${base64('liuyang')}"`, /"\r\n$/)).toBe(`"${base64('Password:')}"`);
    expect(await talk.say(`"${base64('secret two')}"`)).toBe('OK');
    talk.end();
  });

  it('a third wrong password and a revoked account end the session', async () => {
    const talk = await Talk.open();
    const wrong = `AUTHENTICATE "PLAIN" "${base64('\0liuyang\0no')}"`;
    await talk.say(wrong);
    await talk.say(wrong);
    expect(await talk.say(wrong)).toMatch(/^BYE/);
    talk.end();
    const signedIn = await Talk.signedIn();
    mail.auth.revoke(2);
    await signedIn.answer();
    expect(signedIn.closed).toBe(true);
  });

  it('stores, lists, activates, renames, reads and deletes scripts', async () => {
    const talk = await Talk.signedIn();
    const text = 'require "fileinto";\r\nfileinto "工作";\r\n';
    expect(await talk.say('HAVESPACE "周报" 999')).toBe('OK');
    expect(await talk.say(`PUTSCRIPT "周报" ${literal(text)}`)).toBe('OK');
    expect(await talk.say(`PUTSCRIPT ${literal('second')} "keep;"`)).toBe('OK');
    expect(await talk.say('SETACTIVE "周报"')).toBe('OK');
    expect(await talk.say('LISTSCRIPTS')).toBe('"周报" ACTIVE\r\n"second"\r\nOK');
    expect(await talk.say('GETSCRIPT "周报"')).toBe(`{${Buffer.byteLength(text)}}\r\n${text}\r\nOK`);
    expect(await talk.say('DELETESCRIPT "周报"')).toMatch(/^NO \(ACTIVE\)/);
    expect(await talk.say('RENAMESCRIPT "周报" "second"')).toMatch(/^NO \(ALREADYEXISTS\)/);
    expect(await talk.say('RENAMESCRIPT "周报" "third"')).toBe('OK');
    expect(await talk.say('SETACTIVE ""')).toBe('OK');
    expect(await talk.say('DELETESCRIPT "third"')).toBe('OK');
    expect(await talk.say('DELETESCRIPT "second"')).toBe('OK');
    for (const line of ['GETSCRIPT "no"', 'DELETESCRIPT "no"', 'SETACTIVE "no"', 'RENAMESCRIPT "no" "x"'])
      expect(await talk.say(line), line).toMatch(/^NO \(NONEXISTENT\)/);
    expect(await talk.say('LISTSCRIPTS')).toBe('OK');
    talk.end();
  });

  it('names the line of an error and stores nothing then', async () => {
    const talk = await Talk.signedIn();
    expect(await talk.say(`PUTSCRIPT "bad" ${literal('keep;\r\nfrobnicate;\r\n')}`)).toBe(
      'NO "line 2: Unknown command \\"frobnicate\\""',
    );
    expect(await talk.say(`CHECKSCRIPT ${literal('if true { ')}`)).toMatch(/^NO "line 1/);
    expect(await talk.say(`CHECKSCRIPT ${literal('keep;')}`)).toBe('OK');
    expect(await talk.say('PUTSCRIPT "" "keep;"')).toMatch(/^NO/);
    expect(await talk.say('LISTSCRIPTS')).toBe('OK');
    talk.end();
  });

  it('keeps to its limits: size, number, malformed and endless input', async () => {
    const talk = await Talk.signedIn();
    expect(await talk.say('HAVESPACE "big" 999999999')).toMatch(/^NO \(QUOTA\/MAXSIZE\)/);
    expect(await talk.say(`PUTSCRIPT "big" ${literal('#'.repeat(300_000))}`)).toMatch(
      /^NO \(QUOTA\/MAXSIZE\)/,
    );
    for (let number = 0; number < 32; number++)
      expect(await talk.say(`PUTSCRIPT "s${number}" "keep;"`)).toBe('OK');
    expect(await talk.say('PUTSCRIPT "one more" "keep;"')).toMatch(/^NO \(QUOTA\/MAXSCRIPTS\)/);
    expect(await talk.say('HAVESPACE "one more" 1')).toMatch(/^NO \(QUOTA\/MAXSCRIPTS\)/);
    expect(await talk.say('PUTSCRIPT "s1" "discard;"')).toBe('OK');
    talk.writeBytes(Buffer.from('PUTSCRIPT "bytes" {3+}\r\n#\xff\n\r\n', 'latin1'));
    expect(await talk.answer()).toMatch(/^NO/);
    for (const line of ['%%', 'PUTSCRIPT', 'GETSCRIPT 5', '"string"', 'GETSCRIPT "a" "b"', 'x'.repeat(5000)])
      expect(await talk.say(line), line.slice(0, 20)).toMatch(/^NO/);
    talk.end();
    const stranger = await Talk.open();
    stranger.write('PUTSCRIPT "x" {99999999+}\r\n');
    await stranger.answer();
    expect(stranger.closed).toBe(true);
  });

  it('works with sieve-connect under TLS', async () => {
    const file = join(mail.folder, 'mine.sieve');
    writeFileSync(
      file,
      'require ["fileinto", "imap4flags"];\nif header :contains "subject" "plan" { fileinto "Plan"; }\n',
    );
    const client = (...action: string[]) => sieveConnect(['--remotesieve', 'mine', ...action]);
    const { db } = mail.database;
    for (const script of await mail.mail.filters.scripts.list(db, 1))
      await mail.mail.filters.scripts.remove(db, 1, script);
    await client('--localsieve', file, '--upload');
    await client('--activate');
    expect(await client('--list')).toMatch(/"mine"\s.*ACTIVE/i);
    const [stored] = await mail.mail.filters.scripts.list(db, 1);
    expect(stored).toMatchObject({ name: 'mine', active: true });
    await client('--localsieve', join(mail.folder, 'back.sieve'), '--download');
    await sieveConnect(['--deactivate']);
    await client('--delete');
    expect(await mail.mail.filters.scripts.list(db, 1)).toEqual([]);
    writeFileSync(file, 'nonsense;\n');
    await expect(client('--localsieve', file, '--upload')).rejects.toThrow(/Unknown command/);
  });
});

function sieveConnect(args: string[]): Promise<string> {
  const connection = [
    '-s',
    '127.0.0.1',
    '-p',
    String(mail.ports.sieve),
    '--nosrv',
    '--notlsverify',
    '-u',
    'zhangwei@beichen.test',
  ];
  return new Promise((resolve, reject) => {
    const child = execFile(
      '/usr/bin/sieve-connect',
      [...connection, '-m', 'PLAIN', '--passwordfd', '0', ...args],
      { timeout: 20_000 },
      (error, out, err) => {
        if (error) reject(new Error(`${out}${err}`));
        else resolve(out);
      },
    );
    child.stdin?.end('secret one\n');
  });
}
