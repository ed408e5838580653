import { createAudit } from '../../src/audit/index.ts';
import { createDirectory } from '../../src/directory/index.ts';
import { createFileBlobs } from '../../src/kit/blobs/index.ts';
import { createClock } from '../../src/kit/clock/index.ts';
import { createBox } from '../../src/kit/crypto/index.ts';
import { type Connection, createDb, createPool } from '../../src/kit/db/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { createMail } from '../../src/mail/index.ts';

/** A mail server with its queue in a process of its own, to be killed while it expands a list. */
const input = JSON.parse(process.argv[2] ?? '{}') as { connection: Connection; data: string; ahead: number };
const db = createDb(createPool({ connection: input.connection }));
// What a killed process had claimed is due again after minutes; time passes faster here.
const clock = createClock(input.ahead);
const box = createBox({ current: 1, keys: new Map([[1, Buffer.alloc(32, 7)]]) });
const signals = {
  send: () => undefined,
  on: () => () => undefined,
  start: async () => undefined,
  stop: async () => undefined,
};
const directory = createDirectory({
  db,
  clock,
  audit: createAudit({ db, clock, key: box.derive('audit') }),
  events: { subscribe: () => undefined, publish: async () => undefined },
  box,
  usage: async () => new Map(),
  lastSignIns: async () => new Map(),
  tell: async () => undefined,
});
const mail = createMail({
  db,
  blobs: await createFileBlobs(`${input.data}/blobs`),
  clock,
  log: createLogger('silent'),
  box,
  signals,
  addressBook: directory.addresses,
  listBook: directory.listBook,
  clientAuth: { verify: async () => ({ ok: false, reason: 'invalid' }), onRevoked: () => () => undefined },
  tls: () => ({}),
  config: {
    hostname: 'mail.beichen.test',
    data: input.data,
    sample: true,
    smartHost: undefined,
    dns: undefined,
    mailMaxBytes: 1e7,
    senderName: '',
  },
});
const ports = await mail.smtp.start({ host: '127.0.0.1', smtp: 0, submission: 0, submissions: 0 });
mail.queue.start();
process.stdout.write(`${ports.smtp}\n`);
