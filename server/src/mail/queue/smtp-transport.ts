import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { createBinaryDetector } from '../protocol/smtp/index.ts';
import { createMxResolver } from './resolve-mx.ts';
import type { RemoteJob, RemoteTransport, Verdict } from './types.ts';

export interface SmtpTransportOptions {
  /** Our name in EHLO. */
  hostname: string;
  /** `smtp[s]://[user:password@]host:port` that takes everything. */
  smartHost: string | undefined;
  /** `host:port` of the resolver. */
  dns: string | undefined;
  /** Port of mail exchangers; 25 but in tests. */
  port?: number;
}

interface Host {
  host: string;
  port: number;
  secure: boolean;
  /** Certificates of exchangers are not checked: encryption without names is still better than none (RFC 7435). */
  checkName: boolean;
  auth: { user: string; pass: string } | undefined;
}

const CONNECT_MS = 30_000;
const GREETING_MS = 60_000;
/** RFC 5321 §4.5.3.2 asks for up to ten minutes of patience after the final dot. */
const SILENCE_MS = 600_000;

/** Delivery over the network: to the exchangers of a domain in their order, or to the smart host. */
export function createSmtpTransport(options: SmtpTransportOptions): RemoteTransport {
  const resolve = createMxResolver(options.dns);
  const smartHost = options.smartHost === undefined ? undefined : parseSmartHost(options.smartHost);

  async function hostsFor(job: RemoteJob): Promise<Host[] | Verdict[]> {
    if (smartHost) return [smartHost];
    const answer = await resolve(job.domain);
    if (answer.kind === 'hosts') {
      return answer.hosts.map((host) => ({
        host,
        port: options.port ?? 25,
        secure: false,
        checkName: false,
        auth: undefined,
      }));
    }
    const verdict: Verdict =
      answer.kind === 'none'
        ? { kind: 'failed', status: answer.status, reply: answer.reason, remote: '' }
        : { kind: 'deferred', status: '4.4.3', reply: answer.reason, remote: '' };
    return job.recipients.map(() => verdict);
  }

  return {
    async send(job) {
      if (job.binary && (await isBinary(job))) return job.recipients.map(() => BINARY);
      const hosts = await hostsFor(job);
      let last: Verdict[] = job.recipients.map(() => deferred('4.4.1', 'no host could be reached', ''));
      for (const host of hosts) {
        if ('kind' in host) return hosts.filter((one) => 'kind' in one);
        const verdicts = await deliver(host, job, options.hostname);
        // Another exchanger is asked only when this one could not be talked to at all.
        if (verdicts) return verdicts;
        last = job.recipients.map(() => deferred('4.4.1', `no connection to ${host.host}`, host.host));
      }
      return last;
    },
  };
}

/** We send with DATA, which cannot carry it, and converting would break signatures (RFC 3030 §3). */
const BINARY: Verdict = {
  kind: 'failed',
  status: '5.6.1',
  reply: 'the message is binary, and the next host takes text only',
  remote: '',
};

async function isBinary(job: RemoteJob): Promise<boolean> {
  const detector = createBinaryDetector();
  for await (const chunk of job.open()) if (detector.push(chunk)) return true;
  return false;
}

function parseSmartHost(text: string): Host {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const loopback = /^(localhost|127\.|\[?::1)/.test(url.hostname);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 25) : Number(url.port),
    secure,
    checkName: !loopback,
    auth:
      url.username === ''
        ? undefined
        : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
  };
}

function deferred(status: string, reply: string, remote: string): Verdict {
  return { kind: 'deferred', status, reply, remote };
}

/** One conversation with one host; undefined when it could not even be greeted. */
async function deliver(host: Host, job: RemoteJob, name: string): Promise<Verdict[] | undefined> {
  const connection = new SMTPConnection({
    host: host.host,
    port: host.port,
    secure: host.secure,
    name,
    opportunisticTLS: !host.checkName,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    tls: { rejectUnauthorized: host.checkName },
  });
  const remote = `${host.host}:${host.port}`;
  try {
    await step((done) => {
      connection.once('error', done);
      connection.connect((error) => done(error));
    });
  } catch {
    connection.close();
    return undefined;
  }
  try {
    const { auth } = host;
    if (auth) await step((done) => connection.login({ credentials: auth }, done));
    return await transfer(connection, job, remote);
  } catch (error) {
    return job.recipients.map(() => verdictOf(error, remote));
  } finally {
    connection.quit();
  }
}

async function transfer(connection: SMTPConnection, job: RemoteJob, remote: string): Promise<Verdict[]> {
  const info = await new Promise<SMTPConnection.SentMessageInfo>((resolve, reject) => {
    connection.once('error', reject);
    connection.send(
      {
        from: job.sender === '' ? false : job.sender,
        to: job.recipients.map((recipient) => recipient.address),
        size: job.size,
        use8BitMime: job.eightBit,
        ...dsnOf(job),
      },
      Readable.from(job.open()),
      (error, sent) => (error ? reject(error) : resolve(sent)),
    );
  });
  const rejected = new Map<string, SMTPConnection.SMTPError>();
  info.rejected.forEach((address, index) => {
    const error = info.rejectedErrors?.[index];
    if (error) rejected.set(address, error);
  });
  return job.recipients.map(({ address }): Verdict => {
    const error = rejected.get(address);
    if (error) return verdictOf(error, remote);
    return { kind: 'relayed', status: '2.0.0', reply: info.response, remote, dsn: false };
  });
}

/** DSN wishes travel on when all recipients share them; else we report ourselves. */
function dsnOf(job: RemoteJob): { dsn?: SMTPConnection.DSNOptions } {
  const notifies = new Set(job.recipients.map((recipient) => recipient.notify));
  const [notify] = notifies;
  if (notifies.size !== 1 || notify === undefined) return {};
  const known = notify
    .split(',')
    .filter((word) => word === 'NEVER' || word === 'SUCCESS' || word === 'FAILURE' || word === 'DELAY');
  return {
    dsn: {
      notify: known,
      ...(job.ret ? { ret: job.ret === 'FULL' ? 'Full' : 'HDRS' } : {}),
      ...(job.envid ? { envid: job.envid } : {}),
    },
  };
}

/** 5xx is final, everything else is worth another try. */
function verdictOf(error: unknown, remote: string): Verdict {
  const response =
    error instanceof Error && 'response' in error && typeof error.response === 'string' ? error.response : '';
  const code =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : 0;
  const text = response === '' ? (error instanceof Error ? error.message : 'unknown error') : response;
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1];
  if (code >= 500)
    return { kind: 'failed', status: status?.startsWith('5') ? status : '5.0.0', reply: text, remote };
  return deferred(status?.startsWith('4') ? status : '4.4.2', text, remote);
}

function step(act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())));
}
