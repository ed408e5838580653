import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Audit, createAudit } from '../audit/index.ts';
import { automatePurgedAccount, automateUnitMailbox } from '../automations/index.ts';
import { createChannels, createConsoleProvider, MESSAGES_CHANGED } from '../channels/index.ts';
import { consoleRoutes } from '../console/index.ts';
import { createDirectory, type Directory, directoryRoutes } from '../directory/index.ts';
import { countRoutes, createHall, type Hall, hallRoutes, localDay } from '../hall/index.ts';
import {
  createIdentity,
  findLastSignIns,
  type Identity,
  identityRoutes,
  REVOKED,
} from '../identity/index.ts';
import { createFileBlobs, createS3Blobs } from '../kit/blobs/index.ts';
import type { TravellingClock } from '../kit/clock/index.ts';
import { createBox, createPasswordHasher, type MasterKeys, newId } from '../kit/crypto/index.ts';
import { createEvents, createSignals } from '../kit/events/index.ts';
import { createHttp, type Routes, systemActor } from '../kit/http/index.ts';
import { createJobs, type Jobs } from '../kit/jobs/index.ts';
import type { Logger } from '../kit/log/index.ts';
import { autoconfigRoutes, createAutoconfig } from '../mail/autoconfig/index.ts';
import { createDomainGuide, domainGuideRoutes } from '../mail/domains/index.ts';
import { createFilterSettings, filterRoutes } from '../mail/filter/index.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { jmapRoutes, mailViewRoutes, sweepUploads } from '../mail/jmap/index.ts';
import { createModeration, mailListRoutes } from '../mail/lists/index.ts';
import { createMailLog, mailLogRoutes } from '../mail/log/index.ts';
import { createQuarantineConsole, quarantineRoutes, releaseRoutes } from '../mail/quarantine/index.ts';
import { createQueueConsole, findUsage, queueRoutes } from '../mail/queue/index.ts';
import { createQuotaWarnings } from '../mail/quota/index.ts';
import { ownPolicyRoutes } from '../mail/remote/index.ts';
import { createDmarcConsole, dmarcRoutes } from '../mail/reports/index.ts';
import { createMailRestore, mailRestoreRoutes } from '../mail/restore/index.ts';
import { createLockedSenders, lockedSenderRoutes } from '../mail/sending/index.ts';
import { createSettingsConsole, settingsRoutes } from '../mail/settings/index.ts';
import { createDkimConsole, dkimRoutes } from '../mail/trust/index.ts';
import { messageRoutes } from '../messages/index.ts';
import { createNotices, noticeRoutes } from '../notices/index.ts';
import { createWorkflow, TASKS_CHANGED } from '../workflow/index.ts';
import { type Config, isLoopback } from './config.ts';
import type { DataFolder } from './data-folder.ts';
import type { OpenDatabase } from './database.ts';
import { createMailServers, type MailPorts, NO_PORTS } from './mail-servers.ts';
import { operationRoutes } from './metrics.ts';
import { fillSample } from './sample/sample.ts';
import { servePages } from './static.ts';
import type { TlsMaterial } from './tls.ts';
import { VERSION } from './version.ts';

export interface Parts {
  config: Config;
  folder: DataFolder;
  database: OpenDatabase;
  /** Only the sample moves it, to lay its cases into the past. */
  clock: TravellingClock;
  log: Logger;
  keys: MasterKeys;
  tls: TlsMaterial;
  setupCode: string;
  /** Public origin; asked late, since a test's port is known only after listening. */
  url: () => string;
  /** Where the web server listens over TLS as well, once it does. */
  httpsPort?: () => number | undefined;
}

export interface App {
  http: Routes;
  directory: Directory;
  identity: Identity;
  hall: Hall;
  mail: Mail;
  audit: Audit;
  fillSample(): Promise<void>;
  /** Starts jobs, signals and the mail servers; HTTP is listened on by the caller. */
  start(): Promise<MailPorts>;
  /** For the command line: work in the background can be ordered, none is done and nothing listens. */
  startTools(): Promise<void>;
  stop(): Promise<void>;
}

/** Who system mail comes from, by name. */
const SYSTEM_NAME = '鸿雁';
/** The institution lives in China's one time zone. */
const INSTITUTION_OFFSET_MS = 8 * 3_600_000;
const WEB = join(import.meta.dirname, '../../../web/dist');

/** The one place where modules meet. */
export async function wire(parts: Parts): Promise<App> {
  const { config, folder, database, clock, log } = parts;
  const { db, pool, connection } = database;
  const box = createBox(parts.keys);
  const hasher = await createPasswordHasher();
  const jobs = createJobs(connection, pool, log);
  const events = createEvents(jobs);
  const signals = createSignals(connection, pool, log);
  const secure = () => parts.url().startsWith('https:');
  const cookieName = () => (secure() ? '__Host-hongyan' : 'hongyan');

  const audit = createAudit({ db, clock, key: box.derive('audit') });
  const directory = createDirectory({
    db,
    clock,
    audit,
    events,
    signals,
    box,
    usage: findUsage,
    lastSignIns: findLastSignIns,
    // Channels asks the directory for addresses, so it comes after it; by the time of a call both are there.
    tell: (tx, { accountId, template, alias }) =>
      channels.notify(tx, {
        accountId,
        template,
        params: { alias },
        key: `${template}:${newId()}`,
        email: true,
      }),
  });
  const channels = createChannels(
    {
      db,
      clock,
      signals,
      jobs,
      box,
      sms: config.sample ? createConsoleProvider(join(folder.path, 'outbox', 'sms.jsonl')) : undefined,
    },
    {
      async person(target, accountId) {
        const row = await directory.accounts.find(target, accountId);
        return row && { locale: row.locale ?? 'zh-CN', address: `${row.local}@${row.domain}` };
      },
      mail: (tx, message) => mail.sendSystemMail(tx, message),
      origin: parts.url,
    },
  );
  const identity = createIdentity({
    db,
    clock,
    audit,
    events,
    signals,
    jobs,
    box,
    hasher,
    directory,
    sample: config.sample,
    setupCode: parts.setupCode,
    limitsOnLoopback: config.limitsOnLoopback,
    cookieName,
  });
  const openBlobs = (name: string) =>
    config.objectStore
      ? createS3Blobs({ ...config.objectStore, prefix: `${config.objectStore.prefix}${name}/` })
      : createFileBlobs(join(folder.path, name));
  const blobs = await openBlobs('blobs');
  const mail = createMail({
    db,
    blobs,
    clock,
    signals,
    log,
    box,
    addressBook: directory.addresses,
    clientAuth: identity.clients,
    listBook: directory.listBook,
    tell: (tx, { accountId, template, params, key }) =>
      channels.notify(tx, {
        accountId,
        template,
        params,
        key,
        link: template === 'mail_notice' ? '/mail' : '/mail/settings',
      }),
    onLocked: async (tx, { accountId, address, recipients, at }) => {
      const params = { address, recipients };
      const key = `sender_locked:${accountId}:${at.getTime()}`;
      await channels.notify(tx, { accountId, template: 'sender_locked', params, key });
      for (const administrator of await directory.administrators.institutionWide(tx))
        await channels.notify(tx, {
          accountId: administrator,
          template: 'sender_locked_admin',
          params,
          key: `${key}:${administrator}`,
          link: '/console/queue',
          email: true,
        });
    },
    tls: () => ({ cert: parts.tls.cert, key: parts.tls.key }),
    origin: parts.url,
    config: {
      hostname: new URL(parts.url()).hostname,
      data: folder.path,
      sample: config.sample,
      smartHost: config.smartHost,
      dns: config.dns,
      mailMaxBytes: config.mailMaxBytes,
      senderName: SYSTEM_NAME,
    },
  });
  jobs.every('mail.sweep', '*/10 * * * *', async () => {
    await mail.sweep();
    await sweepUploads({ db, clock });
  });
  const warnQuota = createQuotaWarnings({
    db,
    clock,
    tell: (tx, notice) => channels.notify(tx, { ...notice, link: '/mail', email: true }),
  });
  jobs.every('mail.quota', '*/5 * * * *', async () => {
    await warnQuota();
  });
  jobs.every('mail.digest', '5 * * * *', async () => {
    await mail.quarantine.sendDigests(new Date(clock.ms() + INSTITUTION_OFFSET_MS).getUTCHours());
    await mail.queue.drain();
  });
  jobs.every('mail.dmarc', '17 1 * * *', async () => {
    await mail.reports.sendDue();
    await mail.queue.drain();
  });
  jobs.every('mail.dkim', '23 * * * *', async () => {
    await mail.dkim.rotate((await mail.settings.get('signing')).rotateDays);
  });
  const mailServers = createMailServers({
    config,
    mail,
    db,
    signals,
    clock,
    log,
    addressBook: directory.addresses,
    clientAuth: identity.clients,
    tls: parts.tls,
  });
  jobs.every('directory.purge', '7 3 * * *', async () => {
    await directory.accounts.purgeDue(systemActor('purge'));
  });
  const workflow = createWorkflow({ db, clock, events, signals, directory, channels });
  const notices = createNotices({ db, clock });
  const attachments = await openBlobs('attachments');
  const hall = createHall(
    { db, clock, audit, directory, passwords: identity.passwords, workflow, channels, blobs: attachments },
    () => notices.tabs(),
  );
  automatePurgedAccount({ db, events, mail });
  automateUnitMailbox({
    db,
    log,
    events,
    workflow,
    hall,
    directory,
    passwords: identity.passwords,
    channels,
    mail,
  });

  let ready = false;
  let listening: MailPorts = NO_PORTS;
  const http = await createHttp({
    log,
    origins: () => originsOf(parts.url(), config, http, parts.httpsPort?.()),
    trustProxy: config.trustProxy,
    authenticate: (request) => identity.authenticate(request),
    cookieName,
    secure,
    limitsOnLoopback: config.limitsOnLoopback,
    version: VERSION,
  });
  operationRoutes(http, { db, jobs, metricsToken: config.metricsToken, ready: () => ready });
  identityRoutes(http, identity, { name: cookieName, secure });
  directoryRoutes(http, directory, audit);
  messageRoutes(http, channels);
  hallRoutes(http, hall);
  noticeRoutes(http, notices);
  const jmap = {
    db,
    store: mail.store,
    addressBook: directory.addresses,
    blobs,
    signals,
    clock,
    log,
    submit: mail.submit,
    filters: mail.filters,
    maxMessageBytes: config.mailMaxBytes,
    origin: parts.url,
  };
  jmapRoutes(http, jmap);
  filterRoutes(
    http,
    createFilterSettings({ db, audit, directory, addressBook: directory.addresses, ...mail.filters }),
  );
  if (mail.lists)
    mailListRoutes(http, createModeration({ db, clock, audit, signals, directory, lists: mail.lists }));
  const queue = createQueueConsole({ db, clock, audit, directory, signals, runner: mail.queue });
  queueRoutes(http, queue);
  lockedSenderRoutes(http, createLockedSenders({ db, audit, directory }));
  const drain = () => void mail.queue.drain();
  quarantineRoutes(
    http,
    createQuarantineConsole({ db, audit, directory, store: mail.store, quarantine: mail.quarantine, drain }),
  );
  releaseRoutes(http, mail.quarantine, drain);
  dkimRoutes(
    http,
    createDkimConsole({ db, audit, directory, addressBook: directory.addresses, keys: mail.dkim }),
  );
  dmarcRoutes(http, createDmarcConsole({ db, clock, directory, addressBook: directory.addresses }));
  const mailLog = createMailLog({ db, clock, directory, settings: mail.settings });
  mailLogRoutes(http, mailLog);
  jobs.every('mail.log', '*/5 * * * *', () => mailLog.index());
  settingsRoutes(
    http,
    createSettingsConsole({ db, clock, audit, directory, signals, settings: mail.settings }),
  );
  mailRestoreRoutes(
    http,
    createMailRestore({ db, store: mail.store, addressBook: directory.addresses, audit }),
  );
  domainGuideRoutes(
    http,
    createDomainGuide({
      db,
      directory,
      settings: mail.settings,
      dns: mail.freshDns,
      ports: () => listening,
      origin: parts.url,
    }),
  );
  autoconfigRoutes(
    http,
    createAutoconfig({ db, directory, settings: mail.settings, ports: () => listening, origin: parts.url }),
  );
  ownPolicyRoutes(http, mail.ownPolicy);
  mailViewRoutes(http, { ...jmap, pictureKey: box.derive('mail-picture') });
  countRoutes(
    http,
    {
      todo: (accountId) => workflow.countTodo(db, accountId),
      messages: (accountId) => channels.countUnread(db, accountId),
      mail: (accountId) => mail.unread(db, accountId),
    },
    signals,
    { changed: [TASKS_CHANGED, MESSAGES_CHANGED, 'mail'], revoked: REVOKED },
  );
  const smsFile = join(folder.path, 'outbox', 'sms.jsonl');
  consoleRoutes(http, {
    directory,
    mail: () => queue.figures(new Date(`${localDay(clock.now())}T00:00:00+08:00`)),
    casesRunning: () => hall.applications.countRunning(),
    failedActions: async () => (await workflow.failedActions(db)).length,
    selfMadeCertificate: parts.tls.selfMade && !config.sample,
    smsOutbox: config.sample ? () => readLines(smsFile) : undefined,
  });
  http.get('/openapi.json', { schema: { hide: true } }, () => http.swagger());
  await servePages(http, WEB);

  return {
    http,
    directory,
    identity,
    hall,
    mail,
    audit,
    fillSample: () =>
      fillSample({
        db,
        clock,
        directory,
        passwords: identity.passwords,
        hall,
        notices,
        mail,
        settle: () => untilIdle(jobs),
      }),
    async start() {
      await jobs.start(config.roles.has('worker'), config.databaseUrl === undefined);
      await signals.start();
      if (config.roles.has('worker')) audit.start();
      const ports = await mailServers.start();
      listening = ports;
      ready = true;
      return ports;
    },
    startTools: () => jobs.start(false),
    async stop() {
      ready = false;
      await http.close();
      await mailServers.stop();
      await jobs.stop();
      await audit.stop();
      await signals.stop();
    },
  };
}

/** Under loopback the same server has several names; a person may have typed any of them. */
function originsOf(url: string, config: Config, http: Routes, httpsPort: number | undefined): string[] {
  const origin = new URL(url);
  if (config.url !== undefined || !isLoopback(origin.hostname)) return [origin.origin];
  const address = http.server.address();
  const port = address !== null && typeof address !== 'string' ? address.port : config.httpPort;
  return ['localhost', '127.0.0.1', '[::1]'].flatMap((host) => [
    `http://${host}:${port}`,
    ...(httpsPort === undefined ? [] : [`https://${host}:${httpsPort}`]),
  ]);
}

/** Waits until no job is due, for half a minute at most: a sample is worth no more. */
async function untilIdle(jobs: Jobs): Promise<void> {
  for (let tries = 0; tries < 600 && (await jobs.pending()) > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface SmsLine {
  time: string;
  to: string;
  template: string;
  text: string;
}

/** What the console SMS provider wrote, newest first. */
async function readLines(file: string): Promise<SmsLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): SmsLine => JSON.parse(line)).reverse();
}
