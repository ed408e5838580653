import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { BlobStore } from '../kit/blobs/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import type { Box } from '../kit/crypto/index.ts';
import type { Db, Queryable, Tx } from '../kit/db/index.ts';
import { createDnsResolver, type DnsResolver } from '../kit/dns/index.ts';
import type { Signals } from '../kit/events/index.ts';
import type { Logger } from '../kit/log/index.ts';
import { createGate, createInboundChecks } from './checks/index.ts';
import { createFilters, type Filters, type TellOwner } from './filter/index.ts';
import { createListTokens, createMailLists, deleteOldHeld, type MailLists } from './lists/index.ts';
import { createPop3Server, type Pop3Server } from './pop3/index.ts';
import type { AddressBook, ClientAuth, ListBook } from './ports.ts';
import { createQuarantine, type Quarantine } from './quarantine/index.ts';
import {
  createAcceptor,
  createEnqueue,
  createOutboxTransport,
  createRunner,
  createSigningTransport,
  createSystemMail,
  findTransfer,
  type QueueRunner,
  type RemoteTransport,
  type SendSystemMail,
  type TransferView,
} from './queue/index.ts';
import { createNetworkTransport, type FetchText, ownPolicy } from './remote/index.ts';
import { createCollector, createDmarcReports, type DmarcReports } from './reports/index.ts';
import { createSendingLimits, type OnLocked } from './sending/index.ts';
import { createSettings, type Settings } from './settings/index.ts';
import { createSieveServer, type SieveServer } from './sieve/index.ts';
import { createSmtpServer, type SmtpServer } from './smtp/index.ts';
import { createStore, type Store } from './store/index.ts';
import { createSubmit, type Submit } from './submit.ts';
import { createTraceBuffer } from './trace-buffer.ts';
import { createDkimKeys, createSigner, type DkimKeys } from './trust/index.ts';

export type {
  AddressBook,
  ClientAuth,
  ClientProtocol,
  MailAccount,
  ResolvedAddress,
  SenderAddress,
} from './ports.ts';
export type { RemoteTransport, SystemMail, TransferView } from './queue/index.ts';
export * from './store/index.ts';
export type { Submission, Submit, SubmitResult } from './submit.ts';

export interface MailOptions {
  db: Db;
  blobs: BlobStore;
  clock: Clock;
  signals: Signals;
  log: Logger;
  /** Seals private keys. */
  box: Box;
  addressBook: AddressBook;
  clientAuth: ClientAuth;
  /** Distribution lists; none when absent. */
  listBook?: ListBook;
  /** Certificate and key for STARTTLS and the TLS ports; asked for at every handshake. */
  tls: () => SecureContextOptions;
  config: {
    /** Our name in greetings and Received fields: the public host name, or `localhost`. */
    hostname: string;
    /** Data folder; sample data's outgoing mail goes to `<data>/outbox/mail`. */
    data: string;
    sample: boolean;
    smartHost: string | undefined;
    dns: string | undefined;
    mailMaxBytes: number;
    /** Name on system mail. */
    senderName: string;
  };
  /** How people hear of what their rules tell them; nobody is told when absent. */
  tell?: TellOwner;
  /** Public origin of the web, for links in mail. */
  origin?: () => string;
  /** Limits and hygiene for loopback too, for tests. */
  checkLoopback?: boolean;
  /** How people hear that sending of an account is locked; nobody is told when absent. */
  onLocked?: OnLocked;
  /** Another port and authority of exchangers, and another way to their policies, for tests. */
  remote?: { port?: number; ca?: string; fetchText?: FetchText };
  /** Instead of the network or the outbox, for tests. */
  transport?: RemoteTransport;
}

export interface Mail {
  /** A resolver without memory: for who has just changed a record and wants to see it. */
  freshDns: () => DnsResolver;
  store: Store;
  filters: Filters;
  lists: MailLists | undefined;
  settings: Settings;
  dkim: DkimKeys;
  quarantine: Quarantine;
  /** DMARC reports; `flush` writes what was seen so far. */
  reports: DmarcReports & { flush(): Promise<void> };
  smtp: SmtpServer;
  pop3: Pop3Server;
  sieve: SieveServer;
  /** Start it where the worker runs. */
  queue: QueueRunner;
  submit: Submit;
  sendSystemMail: SendSystemMail;
  /** A transfer with recipients and events by the number of its 250 answer. */
  trace(db: Queryable, ref: string): Promise<TransferView | undefined>;
  /** Unseen messages in the person's own inbox. */
  unread(db: Queryable, accountId: number): Promise<number>;
  /** Our own MTA-STS policy, when `host` is the name to ask for it. */
  ownPolicy(host: string): Promise<string | undefined>;
  /** Mail, rules and what is held, of an account that is gone for good; bodies follow by the sweeper. */
  removeAccount(tx: Tx, accountId: number): Promise<void>;
  /** Housekeeping: run it every ten minutes or so. */
  sweep(): Promise<void>;
  /** Stops servers and the queue; the database must still be there. */
  stop(): Promise<void>;
}

/** As long as the message log. */
const KEEP_HELD_MS = 90 * 86_400_000;

/** Puts mail together; opens nothing before `smtp.start`, `pop3.start`, `queue.start`. */
export function createMail(options: MailOptions): Mail {
  const { db, clock, signals, log, addressBook, clientAuth, tls, config } = options;
  const { hostname, mailMaxBytes: maxBytes } = config;
  const settings = createSettings({ db, signals, log });
  const store = createStore({ db, blobs: options.blobs, clock, signals, log });
  const enqueue = createEnqueue({ store, clock, signals });
  const filters = createFilters({
    db,
    store,
    addressBook,
    settings,
    clock,
    signals,
    log,
    hostname,
    srsKey: options.box.derive('mail-srs'),
    tell: options.tell ?? (async () => undefined),
  });
  const { rules, bounceTarget } = filters;
  const origin = options.origin ?? (() => `http://${hostname}`);
  const lists =
    options.listBook &&
    createMailLists({
      book: options.listBook,
      addressBook,
      tokens: createListTokens(options.box.derive('mail-list')),
      origin,
    });
  const sendSystemMail = createSystemMail({
    store,
    enqueue,
    addressBook,
    clock,
    hostname,
    senderName: config.senderName,
  });
  const acceptor = createAcceptor({ db, enqueue, log, rules });
  const traces = createTraceBuffer({ db, clock, log });
  // Sample data stays off the network: its look-ups fail at once and softly.
  const freshDns = () => createDnsResolver({ server: config.dns ?? (config.sample ? 'none' : undefined) });
  const dns = freshDns();
  const dkim = createDkimKeys({ db, clock, box: options.box, signals, dns });
  const signer = createSigner({ db, addressBook, settings, keys: dkim, clock, log, hostname });
  const remote = createNetworkTransport({
    db,
    dns,
    clock,
    signals,
    hostname,
    smartHost: config.smartHost,
    delivery: () => settings.get('delivery'),
    ...options.remote,
  });
  const network =
    options.transport ??
    (config.sample && config.smartHost === undefined
      ? createOutboxTransport(join(config.data, 'outbox', 'mail'), clock)
      : remote);
  const transport = createSigningTransport(network, signer);
  const queue = createRunner({
    db,
    store,
    enqueue,
    transport,
    addressBook,
    clock,
    signals,
    log,
    hostname,
    rules,
    bounceTarget,
    lists: lists && { lists, sendSystemMail, origin },
  });
  const collector = createCollector({ db, clock, log });
  const checks = createInboundChecks({
    dns,
    settings,
    clock,
    log,
    hostname,
    read: store.readBody,
    observe: collector.add,
  });
  const reports = createDmarcReports({
    db,
    store,
    enqueue,
    addressBook,
    settings,
    dns,
    clock,
    log,
    hostname,
  });
  const gate = createGate({
    db,
    dns,
    settings,
    clock,
    log,
    hostname,
    domains: () => addressBook.domains(db),
    checkLoopback: options.checkLoopback ?? false,
  });
  const quarantine = createQuarantine({
    db,
    mail: store,
    enqueue,
    addressBook,
    settings,
    sendSystemMail,
    clock,
    key: options.box.derive('mail-quarantine'),
    origin,
  });
  const sending = createSendingLimits({
    db,
    clock,
    settings,
    onLocked: options.onLocked ?? (async () => undefined),
  });
  const smtp = createSmtpServer({
    sending,
    db,
    store,
    acceptor,
    addressBook,
    clientAuth,
    checks,
    gate,
    quarantine,
    reports,
    clock,
    log,
    hostname,
    maxBytes,
    tls,
    bounceTarget,
    lists,
    trace: traces.add,
  });
  const pop3 = createPop3Server({ db, store, clientAuth, addressBook, log, hostname, tls });
  const sieve = createSieveServer({ db, scripts: filters.scripts, clientAuth, log, tls });
  return {
    freshDns,
    store,
    filters,
    lists,
    settings,
    dkim,
    smtp,
    pop3,
    sieve,
    queue,
    submit: createSubmit({
      db,
      store,
      acceptor,
      sending,
      settings,
      addressBook,
      lists,
      clock,
      hostname,
      maxBytes,
    }),
    sendSystemMail,
    quarantine,
    reports: { ...reports, flush: collector.flush },
    trace: findTransfer,
    async unread(target, accountId) {
      const mailboxes = await store.mailboxes(target, { accountId, readerId: accountId });
      return mailboxes.find((mailbox) => mailbox.role === 'inbox')?.unseen ?? 0;
    },
    async ownPolicy(host) {
      const { mtaSts } = await settings.get('delivery');
      return ownPolicy(mtaSts, host, await addressBook.domains(db), hostname);
    },
    async removeAccount(tx, accountId) {
      await store.removeAccount(tx, accountId);
      await filters.removeAccount(tx, accountId);
      await quarantine.removeAccount(tx, accountId);
      await sending.removeAccount(tx, accountId);
    },
    async sweep() {
      await queue.sweep();
      await remote.sweep();
      await sending.sweep();
      await gate.sweep();
      await quarantine.sweep();
      await reports.sweep();
      await store.sweep();
      await filters.sweep();
      await deleteOldHeld(db, new Date(clock.ms() - KEEP_HELD_MS));
    },
    async stop() {
      await Promise.all([smtp.stop(), pop3.stop(), sieve.stop()]);
      await queue.stop();
      remote.stop();
      filters.stop();
      await store.searchIndex.stop();
      await traces.flush();
      await collector.flush();
    },
  };
}
