import { createSecureContext } from 'node:tls';
import type { Clock } from '../kit/clock/index.ts';
import type { Db } from '../kit/db/index.ts';
import type { Signals } from '../kit/events/index.ts';
import type { Logger } from '../kit/log/index.ts';
import { createImapServer, type ImapServer } from '../mail/imap/index.ts';
import type { AddressBook, ClientAuth, Mail } from '../mail/index.ts';
import type { Config } from './config.ts';
import { startErrors } from './process.errors.ts';
import type { TlsMaterial } from './tls.ts';

/** Ports that the mail servers really listen on; 0 for a role that does not run here. */
export interface MailPorts {
  smtp: number;
  submission: number;
  submissions: number;
  lmtp: number;
  imap: number;
  imaps: number;
  pop3: number;
  pop3s: number;
  sieve: number;
}

/** Before the servers listen. */
export const NO_PORTS: MailPorts = {
  smtp: 0,
  submission: 0,
  submissions: 0,
  lmtp: 0,
  imap: 0,
  imaps: 0,
  pop3: 0,
  pop3s: 0,
  sieve: 0,
};

export interface MailServers {
  start(): Promise<MailPorts>;
  stop(): Promise<void>;
}

export interface MailServerParts {
  config: Config;
  mail: Mail;
  db: Db;
  signals: Signals;
  clock: Clock;
  log: Logger;
  addressBook: AddressBook;
  clientAuth: ClientAuth;
  tls: TlsMaterial;
}

/** SMTP, IMAP, ManageSieve and POP3 by the roles of this process. */
export function createMailServers({ config, mail, tls, ...parts }: MailServerParts): MailServers {
  const context = createSecureContext({ cert: tls.cert, key: tls.key });
  const imap: ImapServer = createImapServer({
    ...parts,
    store: mail.store,
    auth: parts.clientAuth,
    maxMessageBytes: config.mailMaxBytes,
    secureContext: () => context,
  });
  return {
    async start() {
      const ports: MailPorts = { ...NO_PORTS };
      const { host, roles } = config;
      if (roles.has('smtp')) {
        Object.assign(
          ports,
          await named('HONGYAN_SMTP_PORT', () =>
            mail.smtp.start({
              host,
              smtp: config.smtpPort,
              submission: config.submissionPort,
              submissions: config.submissionsPort,
              ...(config.lmtp === undefined ? {} : { lmtp: config.lmtp }),
            }),
          ),
        );
      }
      if (roles.has('imap')) {
        ports.imap = await named('HONGYAN_IMAP_PORT', () => imap.listen(config.imapPort, host));
        ports.imaps = await named('HONGYAN_IMAPS_PORT', () => imap.listenTls(config.imapsPort, host));
        ports.sieve = await named('HONGYAN_SIEVE_PORT', () =>
          mail.sieve.start({ host, port: config.sievePort }),
        );
      }
      if (roles.has('pop3')) {
        const listen = () => mail.pop3.start({ host, pop3: config.pop3Port, pop3s: config.pop3sPort });
        Object.assign(ports, await named('HONGYAN_POP3_PORT', listen));
      }
      if (roles.has('worker')) {
        mail.queue.start();
        void mail.store.searchIndex.catchUp();
      }
      return ports;
    },
    async stop() {
      await imap.close();
      await mail.stop();
    },
  };
}

/** A port that is taken is said in one sentence, with the setting that moves it. */
async function named<T>(setting: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      const port = 'port' in error ? String(error.port) : '?';
      throw startErrors.port_in_use({ port, name: setting });
    }
    throw error;
  }
}
