import { generate } from 'selfsigned';
import { createFileBlobs } from '../../src/kit/blobs/index.ts';
import { createBox } from '../../src/kit/crypto/index.ts';
import {
  type AddressBook,
  type ClientAuth,
  createMail,
  type Mail,
  type MailOptions,
  type RemoteTransport,
} from '../../src/mail/index.ts';
import { type StoreFixture, storeFixture } from './fixtures.ts';

export interface Person {
  accountId: number;
  address: string;
  aliases?: string[];
  state?: 'active' | 'disabled';
  kind?: 'person' | 'unit';
  quotaBytes?: number;
  password?: string;
  /** Unit mailboxes that one may send as. */
  units?: string[];
}

const DOMAIN = 'beichen.test';

export function testAddressBook(people: Person[]): AddressBook {
  const find = (address: string) => {
    const wanted = address.toLowerCase();
    for (const person of people) {
      if (person.address === wanted) return { person, via: 'primary' as const };
      if (person.aliases?.includes(wanted)) return { person, via: 'alias' as const };
    }
    return undefined;
  };
  return {
    async resolve(_db, address) {
      if (!address.toLowerCase().endsWith(`@${DOMAIN}`)) return { kind: 'foreign' };
      const found = find(address.replace(/\+[^@]*@/, '@'));
      if (!found) return { kind: 'unknown' };
      const { person, via } = found;
      return {
        kind: 'account',
        accountId: person.accountId,
        address: person.address,
        via,
        accountKind: person.kind ?? 'person',
        state: person.state ?? 'active',
        quotaBytes: person.quotaBytes ?? 1e12,
      };
    },
    async senders(_db, accountId) {
      const person = people.find((one) => one.accountId === accountId);
      if (!person) return [];
      return [
        { address: person.address, name: '', accountId, kind: 'own' as const },
        ...(person.aliases ?? []).map((address) => ({
          address,
          name: '',
          accountId,
          kind: 'alias' as const,
        })),
        ...(person.units ?? []).map((address) => ({
          address,
          name: '',
          accountId: find(address)?.person.accountId ?? 0,
          kind: 'unit' as const,
        })),
      ];
    },
    async mailboxes(_db, accountId) {
      const own = people.find((one) => one.accountId === accountId);
      const units = (own?.units ?? []).flatMap((address) => find(address)?.person ?? []);
      return [...(own ? [own] : []), ...units].map((person) => ({
        accountId: person.accountId,
        address: person.address,
        name: '',
        kind: person.kind === 'unit' ? ('unit' as const) : ('own' as const),
        canSend: true,
        quotaBytes: person.quotaBytes ?? 1e12,
      }));
    },
    accounts: async () => [],
    domains: async () => [DOMAIN],
  };
}

export function testClientAuth(people: Person[]): ClientAuth & { revoke(accountId: number): void } {
  const listeners = new Map<number, Set<() => void>>();
  return {
    async verify({ name, password }) {
      const person = people.find((one) => one.address === name || one.address.split('@')[0] === name);
      if (!person || person.password !== password) return { ok: false, reason: 'invalid' };
      return { ok: true, accountId: person.accountId, address: person.address };
    },
    onRevoked(accountId, listener) {
      const set = listeners.get(accountId) ?? new Set();
      set.add(listener);
      listeners.set(accountId, set);
      return () => set.delete(listener);
    },
    revoke: (accountId) => {
      for (const listener of listeners.get(accountId) ?? []) listener();
    },
  };
}

export interface MailFixture extends StoreFixture {
  mail: Mail;
  auth: ReturnType<typeof testClientAuth>;
  ports: {
    smtp: number;
    submission: number;
    submissions: number;
    lmtp: number;
    pop3: number;
    pop3s: number;
    sieve: number;
  };
  /** Another mail product on the same database and bodies, as after a restart. */
  again(options?: { transport?: RemoteTransport }): Promise<Mail>;
}

export const PEOPLE: Person[] = [
  {
    accountId: 1,
    address: 'zhangwei@beichen.test',
    aliases: ['zhang.wei@beichen.test'],
    password: 'secret one',
    units: ['xinxi@beichen.test'],
  },
  { accountId: 2, address: 'liuyang@beichen.test', password: 'secret two' },
  { accountId: 3, address: 'gone@beichen.test', state: 'disabled', password: 'x' },
  { accountId: 4, address: 'full@beichen.test', quotaBytes: 0, password: 'x' },
  { accountId: 5, address: 'xinxi@beichen.test', kind: 'unit' },
  { accountId: 6, address: 'admin@beichen.test', aliases: ['postmaster@beichen.test'], password: 'admin' },
  ...Array.from({ length: 100 }, (_, index) => ({
    accountId: 100 + index,
    address: `u${index}@beichen.test`,
    password: 'x',
  })),
];

export async function mailFixture(
  options: {
    tell?: MailOptions['tell'];
    transport?: RemoteTransport;
    smartHost?: string;
    remote?: MailOptions['remote'];
    onLocked?: MailOptions['onLocked'];
    dns?: string;
    maxBytes?: number;
    checkLoopback?: boolean;
    lmtp?: string;
  } = {},
): Promise<MailFixture> {
  const base = await storeFixture();
  const auth = testClientAuth(PEOPLE);
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  const certificate = { cert: made.cert, key: made.private };
  const mails: Mail[] = [];
  const make = async (transport: RemoteTransport | undefined) => {
    const mail = createMail({
      db: base.database.db,
      blobs: await createFileBlobs(`${base.folder}/blobs`),
      clock: base.clock,
      signals: base.signals,
      log: base.log,
      box: createBox({ current: 1, keys: new Map([[1, Buffer.alloc(32, 7)]]) }),
      addressBook: testAddressBook(PEOPLE),
      clientAuth: auth,
      tls: () => certificate,
      config: {
        hostname: 'mail.beichen.test',
        data: base.folder,
        sample: options.dns === undefined,
        smartHost: options.smartHost,
        dns: options.dns,
        mailMaxBytes: options.maxBytes ?? 10_000_000,
        senderName: '北辰大学',
      },
      checkLoopback: options.checkLoopback ?? false,
      ...(transport ? { transport } : {}),
      ...(options.remote ? { remote: options.remote } : {}),
      ...(options.onLocked ? { onLocked: options.onLocked } : {}),
      ...(options.tell ? { tell: options.tell } : {}),
    });
    mails.push(mail);
    return mail;
  };
  const mail = await make(options.transport);
  const smtp = await mail.smtp.start({
    host: '127.0.0.1',
    smtp: 0,
    submission: 0,
    submissions: 0,
    ...(options.lmtp === undefined ? {} : { lmtp: options.lmtp }),
  });
  const pop3 = await mail.pop3.start({ host: '127.0.0.1', pop3: 0, pop3s: 0 });
  const sieve = await mail.sieve.start({ host: '127.0.0.1', port: 0 });
  return {
    ...base,
    mail,
    auth,
    ports: { ...smtp, ...pop3, sieve },
    again: (more = {}) => make(more.transport),
    async close() {
      for (const one of mails) await one.stop();
      await base.close();
    },
  };
}
