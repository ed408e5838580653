import { createFileBlobs } from '../../src/kit/blobs/index.ts';
import { createClock } from '../../src/kit/clock/index.ts';
import { createBox } from '../../src/kit/crypto/index.ts';
import { type Connection, createDb, createPool } from '../../src/kit/db/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { createMail } from '../../src/mail/index.ts';

/** A mail server in a process of its own, to be killed: accepts everything for `n@beichen.test` as account n. */
const { connection, data } = JSON.parse(process.argv[2] ?? '{}') as { connection: Connection; data: string };
const mail = createMail({
  db: createDb(createPool({ connection })),
  blobs: await createFileBlobs(`${data}/blobs`),
  clock: createClock(),
  log: createLogger('silent'),
  box: createBox({ current: 1, keys: new Map([[1, Buffer.alloc(32, 7)]]) }),
  signals: {
    send: () => undefined,
    on: () => () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
  },
  addressBook: {
    resolve: async (_db, address) => ({
      kind: 'account',
      accountId: Number(address.split('@')[0]),
      address,
      via: 'primary',
      accountKind: 'person',
      state: 'active',
      quotaBytes: 1e12,
    }),
    senders: async () => [],
    mailboxes: async () => [],
    accounts: async () => [],
    domains: async () => ['beichen.test'],
  },
  clientAuth: { verify: async () => ({ ok: false, reason: 'invalid' }), onRevoked: () => () => undefined },
  tls: () => ({}),
  config: {
    hostname: 'mail.beichen.test',
    data,
    sample: true,
    smartHost: undefined,
    dns: undefined,
    mailMaxBytes: 1e7,
    senderName: '',
  },
});
const ports = await mail.smtp.start({ host: '127.0.0.1', smtp: 0, submission: 0, submissions: 0 });
process.stdout.write(`${ports.smtp}\n`);
