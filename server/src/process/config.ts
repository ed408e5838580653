import { resolve } from 'node:path';
import { parseS3Url, type S3Options } from '../kit/blobs/index.ts';
import { parseOffset } from '../kit/clock/index.ts';
import { startErrors } from './process.errors.ts';

export const ROLES = ['web', 'smtp', 'imap', 'pop3', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export interface Config {
  sample: boolean;
  /** Absolute path of the data folder. */
  data: string;
  databaseUrl: string | undefined;
  host: string;
  /** Public origin without a trailing slash; undefined until the port is known (demo with port 0). */
  url: string | undefined;
  httpPort: number;
  httpsPort: number | undefined;
  smtpPort: number;
  submissionPort: number;
  submissionsPort: number;
  /** `host:port`, or the path of a Unix socket; undefined = off. */
  lmtp: string | undefined;
  imapPort: number;
  imapsPort: number;
  pop3Port: number;
  pop3sPort: number;
  sievePort: number;
  roles: ReadonlySet<Role>;
  trustProxy: string[];
  keyFile: string | undefined;
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  clockOffsetMs: number;
  smartHost: string | undefined;
  /** Where bodies of mail and attachments are kept; undefined = in the data folder. */
  objectStore: S3Options | undefined;
  dns: string | undefined;
  /** Per-address limits and captcha also on loopback. */
  limitsOnLoopback: boolean;
  metricsToken: string | undefined;
  logLevel: string;
  mailMaxBytes: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Every setting with its meaning; `hongyan doctor` and docs/ list them from here. */
export const SETTINGS: Readonly<Record<string, string>> = {
  HONGYAN_DATA: 'data folder: embedded database, bodies, keys',
  HONGYAN_HOST: 'address that all servers listen on',
  HONGYAN_URL: 'public origin, e.g. https://mail.example.edu.cn',
  HONGYAN_HTTP_PORT: 'port of the web server',
  HONGYAN_HTTPS_PORT: 'port of the web server over TLS; off unless set',
  HONGYAN_SMTP_PORT: 'port for mail from other servers (MX)',
  HONGYAN_SUBMISSION_PORT: 'port for mail from clients, STARTTLS',
  HONGYAN_SUBMISSIONS_PORT: 'port for mail from clients, TLS',
  HONGYAN_LMTP_PORT:
    'LMTP for a mail server in front: a port on loopback, host:port, or the path of a socket; off unless set',
  HONGYAN_IMAP_PORT: 'IMAP port, STARTTLS',
  HONGYAN_IMAPS_PORT: 'IMAP port, TLS',
  HONGYAN_POP3_PORT: 'POP3 port, STLS',
  HONGYAN_POP3S_PORT: 'POP3 port, TLS',
  HONGYAN_SIEVE_PORT: 'ManageSieve port, STARTTLS',
  HONGYAN_ROLES: 'all, or a list of web,smtp,imap,pop3,worker',
  HONGYAN_TRUST_PROXY: 'addresses of reverse proxies whose X-Forwarded headers are believed, by comma',
  HONGYAN_KEY_FILE: 'master key file; without it <data>/keys/master.json',
  HONGYAN_TLS_CERT: 'PEM file with the certificate chain',
  HONGYAN_TLS_KEY: 'PEM file with the private key',
  HONGYAN_CLOCK: 'shifts the product clock, e.g. +8d (for tests)',
  HONGYAN_SMARTHOST: 'smtp://host:port that takes all outgoing mail',
  HONGYAN_BLOBS:
    's3+https://KEY:SECRET@host/bucket: an S3-compatible store for bodies in place of the data folder',
  HONGYAN_DNS: 'host:port of the resolver to use',
  HONGYAN_LIMITS: 'on: per-address limits and captcha also for loopback',
  HONGYAN_METRICS_TOKEN: 'bearer token for /metrics from elsewhere than loopback',
  HONGYAN_LOG_LEVEL: 'trace, debug, info, warn, error, silent',
  HONGYAN_MAIL_MAX_BYTES: 'largest mail accepted, in bytes',
  HONGYAN_DEMO_PUBLIC: '1: let sample data listen on other addresses than loopback',
};

/** Variables that our own scripts and tests set; they are no settings of the product. */
const INTERNAL = new Set(['HONGYAN_RUN', 'HONGYAN_TEST_DATABASE', 'HONGYAN_SETUP_CODE']);

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Reads and checks the environment; throws a start error with one sentence. The only reader of process.env. */
export function readConfig(env: Env, options: { sample: boolean; cwd: string }): Config {
  for (const name of Object.keys(env)) {
    if (name.startsWith('HONGYAN_') && !(name in SETTINGS) && !INTERNAL.has(name)) {
      throw startErrors.unknown_setting({ name });
    }
  }
  const { sample, cwd } = options;
  const host = text(env, 'HONGYAN_HOST') ?? (sample ? '127.0.0.1' : '0.0.0.0');
  if (sample && !isLoopback(host) && env['HONGYAN_DEMO_PUBLIC'] !== '1')
    throw startErrors.demo_public({ host });
  const keyFile = text(env, 'HONGYAN_KEY_FILE');
  const databaseUrl = text(env, 'DATABASE_URL');
  const cert = text(env, 'HONGYAN_TLS_CERT');
  const key = text(env, 'HONGYAN_TLS_KEY');
  if ((cert === undefined) !== (key === undefined)) {
    throw bad('HONGYAN_TLS_CERT', cert ?? '', 'HONGYAN_TLS_CERT / HONGYAN_TLS_KEY: both or none');
  }
  return {
    sample,
    data: resolve(cwd, text(env, 'HONGYAN_DATA') ?? (sample ? 'data-demo' : 'data')),
    databaseUrl: databaseUrl === undefined ? undefined : checkDatabaseUrl(databaseUrl),
    host,
    url: origin(env),
    httpPort: port(env, 'HONGYAN_HTTP_PORT', 3000),
    httpsPort: env['HONGYAN_HTTPS_PORT'] ? port(env, 'HONGYAN_HTTPS_PORT', 3443) : undefined,
    smtpPort: port(env, 'HONGYAN_SMTP_PORT', 2525),
    submissionPort: port(env, 'HONGYAN_SUBMISSION_PORT', 2587),
    submissionsPort: port(env, 'HONGYAN_SUBMISSIONS_PORT', 2465),
    lmtp: lmtp(env),
    imapPort: port(env, 'HONGYAN_IMAP_PORT', 2143),
    imapsPort: port(env, 'HONGYAN_IMAPS_PORT', 2993),
    pop3Port: port(env, 'HONGYAN_POP3_PORT', 2110),
    pop3sPort: port(env, 'HONGYAN_POP3S_PORT', 2995),
    sievePort: port(env, 'HONGYAN_SIEVE_PORT', 2190),
    roles: roles(env, databaseUrl, keyFile),
    trustProxy: list(env, 'HONGYAN_TRUST_PROXY'),
    keyFile: keyFile === undefined ? undefined : resolve(cwd, keyFile),
    tlsCert: cert === undefined ? undefined : resolve(cwd, cert),
    tlsKey: key === undefined ? undefined : resolve(cwd, key),
    clockOffsetMs: clockOffset(env),
    smartHost: smartHost(env),
    objectStore: objectStore(env),
    dns: hostPort(env, 'HONGYAN_DNS'),
    limitsOnLoopback: flag(env, 'HONGYAN_LIMITS', !sample),
    metricsToken: text(env, 'HONGYAN_METRICS_TOKEN'),
    logLevel: choice(
      env,
      'HONGYAN_LOG_LEVEL',
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'info',
    ),
    mailMaxBytes: integer(env, 'HONGYAN_MAIL_MAX_BYTES', 52_428_800, 65_536, 1_073_741_824),
  };
}

function bad(name: string, value: string, hint: string) {
  return startErrors.bad_setting({ name, value, hint });
}

function text(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

function list(env: Env, name: string): string[] {
  const items = (text(env, name) ?? '').split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function integer(env: Env, name: string, preset: number, min: number, max: number): number {
  const value = text(env, name);
  if (value === undefined) return preset;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) throw bad(name, value, `${min} … ${max}`);
  return number;
}

/** 0 lets the system choose: for tests. */
function port(env: Env, name: string, preset: number): number {
  return integer(env, name, preset, 0, 65_535);
}

function flag(env: Env, name: string, preset: boolean): boolean {
  const value = choice(env, name, ['on', 'off', '1', '0'], preset ? 'on' : 'off');
  return value === 'on' || value === '1';
}

function choice(env: Env, name: string, allowed: readonly string[], preset: string): string {
  const value = text(env, name) ?? preset;
  if (!allowed.includes(value)) throw bad(name, value, allowed.join(', '));
  return value;
}

function checkDatabaseUrl(value: string): string {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) {
    throw bad('DATABASE_URL', '…', 'postgres://user:password@host/database');
  }
  return value;
}

function origin(env: Env): string | undefined {
  const value = text(env, 'HONGYAN_URL');
  if (value === undefined) return undefined;
  if (!URL.canParse(value)) throw bad('HONGYAN_URL', value, 'https://host[:port]');
  const url = new URL(value);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || !/^https?:$/.test(url.protocol)) {
    throw bad('HONGYAN_URL', value, 'https://host[:port]');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw startErrors.insecure_origin({ url: value });
  return url.origin;
}

function roles(env: Env, databaseUrl: string | undefined, keyFile: string | undefined): ReadonlySet<Role> {
  const names = list(env, 'HONGYAN_ROLES');
  if (names.length === 0 || (names.length === 1 && names[0] === 'all')) return new Set(ROLES);
  const chosen = new Set<Role>();
  for (const name of names) {
    const role = ROLES.find((known) => known === name);
    if (!role) throw bad('HONGYAN_ROLES', name, `all | ${ROLES.join(',')}`);
    chosen.add(role);
  }
  if (!databaseUrl || !keyFile) throw startErrors.roles_need_database({ roles: names.join(',') });
  return chosen;
}

function clockOffset(env: Env): number {
  const value = text(env, 'HONGYAN_CLOCK');
  if (value === undefined) return 0;
  const offset = parseOffset(value);
  if (offset === undefined) throw bad('HONGYAN_CLOCK', value, '+8d, -3h, 90s');
  return offset;
}

function smartHost(env: Env): string | undefined {
  const value = text(env, 'HONGYAN_SMARTHOST');
  if (value === undefined) return undefined;
  if (!/^smtps?:\/\//.test(value) || !URL.canParse(value))
    throw bad('HONGYAN_SMARTHOST', value, 'smtp://host:port');
  return value;
}

/** Whoever reaches it may deliver without any check, so a bare port is on loopback only. */
function lmtp(env: Env): string | undefined {
  const value = text(env, 'HONGYAN_LMTP_PORT');
  if (value === undefined || value.startsWith('/')) return value;
  return /^\d{1,5}$/.test(value) ? `127.0.0.1:${value}` : hostPort(env, 'HONGYAN_LMTP_PORT');
}

function objectStore(env: Env): S3Options | undefined {
  const value = text(env, 'HONGYAN_BLOBS');
  if (value === undefined) return undefined;
  const options = parseS3Url(value);
  // The value holds a secret, so it is not repeated.
  if (!options) throw bad('HONGYAN_BLOBS', '…', 's3+https://KEY:SECRET@host/bucket');
  return options;
}

function hostPort(env: Env, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (!/^\[?[0-9a-zA-Z.:-]+\]?:\d{1,5}$/.test(value)) throw bad(name, value, 'host:port');
  return value;
}
