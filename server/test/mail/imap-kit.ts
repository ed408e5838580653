import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { createFileBlobs } from '../../src/kit/blobs/index.ts';
import { createClock } from '../../src/kit/clock/index.ts';
import { transaction } from '../../src/kit/db/index.ts';
import { createSignals } from '../../src/kit/events/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { createImapServer } from '../../src/mail/imap/index.ts';
import type { AddressBook, ClientAuth, MailAccount } from '../../src/mail/ports.ts';
import { createStore } from '../../src/mail/store/index.ts';
import { freshDatabase } from '../kit/database.ts';
import { type Talker, talk } from './imap-talker.ts';

export const PASSWORD = 'Beichen-2026!demo';
export const MAX_MESSAGE = 20 * 1024 * 1024;

/** A store and an IMAP server on a database of their own, with people whom a test makes up. */
export type MailKit = Awaited<ReturnType<typeof startMail>>;

export async function startMail() {
  const folder = mkdtempSync(join(tmpdir(), 'hongyan-imap-'));
  const database = await freshDatabase();
  const log = createLogger(process.env['TEST_LOG'] ?? 'warn');
  const clock = createClock();
  const signals = createSignals(database.connection, database.pool, log);
  await signals.start();
  const blobs = await createFileBlobs(join(folder, 'blobs'));
  const store = createStore({ db: database.db, blobs, clock, signals, log });
  const people = createPeople();
  const { key, cert } = certificate(folder);
  const imap = createImapServer({
    db: database.db,
    store,
    addressBook: people.addressBook,
    auth: people.auth,
    signals,
    clock,
    log,
    maxMessageBytes: MAX_MESSAGE,
    secureContext: () => createSecureContext({ key, cert }),
  });
  const port = await imap.listen(0, '127.0.0.1');
  const tlsPort = await imap.listenTls(0, '127.0.0.1');
  const talkers: Talker[] = [];

  return {
    ...database,
    folder,
    blobs,
    store,
    signals,
    clock,
    log,
    imap,
    port,
    tlsPort,
    people,
    /** Makes a person with mail of her own. */
    async person(name: string): Promise<number> {
      const id = people.add(name);
      await transaction(database.db, (tx) => store.provision(tx, id));
      return id;
    },
    /** Makes a unit mailbox with members. */
    async unit(name: string, members: readonly number[]): Promise<number> {
      const id = people.add(name, members);
      await transaction(database.db, (tx) => store.provision(tx, id, { shared: true }));
      return id;
    },
    async talk(options?: { tls?: boolean }): Promise<Talker> {
      const talker = await talk(options?.tls ? tlsPort : port, options);
      talkers.push(talker);
      return talker;
    },
    /** A connection that has signed in. */
    async signIn(name: string): Promise<Talker> {
      const talker = await talk(port);
      talkers.push(talker);
      await talker.ok(`LOGIN ${name}@beichen.test "${PASSWORD}"`);
      return talker;
    },
    /** Puts a small message into a mailbox as APPEND would. */
    async put(accountId: number, path: string, text: string, flags = 0): Promise<number> {
      const scope = { accountId, readerId: accountId };
      const mailbox = await store.mailboxByPath(database.db, scope, path);
      if (!mailbox) throw new Error(`no mailbox ${path}`);
      const writer = store.newBody();
      await writer.write(Buffer.from(text.replace(/\r?\n/g, '\r\n')));
      const [appended] = await store.append(database.db, scope, [
        { body: await writer.finish(), mailboxIds: [mailbox.id], flags },
      ]);
      return appended?.entries[0]?.uid ?? 0;
    },
    async stop(): Promise<void> {
      for (const talker of talkers) talker.close();
      await imap.close();
      await signals.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A directory in memory: what the ports of the mail module ask for. */
function createPeople() {
  interface Person {
    id: number;
    address: string;
    members: readonly number[] | undefined;
    quotaBytes: number;
    disabled: boolean;
  }
  const people = new Map<number, Person>();
  const revoked = new Map<number, Set<() => void>>();
  let next = 0;

  const account = (person: Person, own: boolean): MailAccount => ({
    accountId: person.id,
    address: person.address,
    name: person.address.split('@')[0] ?? '',
    kind: own ? 'own' : 'unit',
    canSend: true,
    quotaBytes: person.quotaBytes,
  });
  const visible = (accountId: number) => [
    ...[...people.values()]
      .filter((person) => person.id === accountId)
      .map((person) => account(person, true)),
    ...[...people.values()]
      .filter((person) => person.members?.includes(accountId))
      .map((person) => account(person, false)),
  ];

  const addressBook: AddressBook = {
    async resolve(_db, address) {
      const person = [...people.values()].find((candidate) => candidate.address === address.toLowerCase());
      if (!person) return address.endsWith('@beichen.test') ? { kind: 'unknown' } : { kind: 'foreign' };
      return {
        kind: 'account',
        accountId: person.id,
        address: person.address,
        via: 'primary',
        accountKind: person.members ? 'unit' : 'person',
        state: 'active',
        quotaBytes: person.quotaBytes,
      };
    },
    senders: async (_db, accountId) =>
      visible(accountId).map((found) => ({
        address: found.address,
        name: found.name,
        accountId: found.accountId,
        kind: found.kind === 'own' ? ('own' as const) : ('unit' as const),
      })),
    mailboxes: async (_db, accountId) => visible(accountId),
    accounts: async (_db, ids) =>
      [...people.values()].filter((person) => ids.includes(person.id)).map((person) => account(person, true)),
    domains: async () => ['beichen.test'],
  };
  const auth: ClientAuth = {
    async verify({ name, password }) {
      const person = [...people.values()].find((candidate) => candidate.address === name.toLowerCase());
      if (!person || password !== PASSWORD) return { ok: false, reason: 'invalid' };
      if (person.disabled) return { ok: false, reason: 'disabled' };
      return { ok: true, accountId: person.id, address: person.address };
    },
    onRevoked(accountId, listener) {
      const listeners = revoked.get(accountId) ?? new Set();
      revoked.set(accountId, listeners);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    addressBook,
    auth,
    add(name: string, members?: readonly number[]): number {
      const id = ++next;
      people.set(id, {
        id,
        address: `${name}@beichen.test`,
        members,
        quotaBytes: 1024 ** 3,
        disabled: false,
      });
      return id;
    },
    change(id: number, change: Partial<Pick<Person, 'members' | 'quotaBytes' | 'disabled'>>): void {
      const person = people.get(id);
      if (person) people.set(id, { ...person, ...change });
    },
    revoke(id: number): void {
      for (const listener of [...(revoked.get(id) ?? [])]) listener();
    },
  };
}

function certificate(folder: string): { key: string; cert: string } {
  const key = join(folder, 'tls.key');
  const cert = join(folder, 'tls.crt');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
