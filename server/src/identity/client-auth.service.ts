import { randomBytes } from 'node:crypto';
import type { Clock } from '../kit/clock/index.ts';
import { hmac, type PasswordHasher, sameBytes } from '../kit/crypto/index.ts';
import type { Db } from '../kit/db/index.ts';
import type { Signals } from '../kit/events/index.ts';
import type { LoginRow } from './credentials.store.ts';
import * as failures from './failures.store.ts';
import { insertSignIn } from './sessions.store.ts';

export type ClientProtocol = 'imap' | 'pop3' | 'smtp' | 'jmap' | 'sieve';

export interface ClientSignIn {
  name: string;
  password: string;
  protocol: ClientProtocol;
  remoteAddress: string;
  tls: boolean;
}

export type ClientVerdict =
  | { ok: true; accountId: number; address: string }
  | { ok: false; reason: 'invalid' | 'disabled' | 'limited' | 'protocol' };

export interface ClientAuthContext {
  db: Db;
  clock: Clock;
  hasher: PasswordHasher;
  signals: Signals;
  findLogin: (db: Db, name: string) => Promise<LoginRow | undefined>;
}

export type ClientAuth = ReturnType<typeof createClientAuth>;

const CACHE_MS = 10 * 60_000;
/** Beyond this the oldest half is dropped: about 200 bytes an entry. */
const CACHE_SIZE = 50_000;
const LOCK_AFTER = 20;
const WINDOW_MS = 15 * 60_000;

/** Signals topic; the payload is the account id. */
export const REVOKED = 'identity.revoked';

/** Sign-in of mail programs: IMAP, POP3, SMTP, and HTTP Basic for JMAP. */
export function createClientAuth({ db, clock, hasher, signals, findLogin }: ClientAuthContext) {
  // Mail programs sign in every few minutes; argon2 each time would cost more than the mail.
  const cacheKey = randomBytes(32);
  const cache = new Map<number, { proof: Buffer; version: number; until: number }>();

  function remember(login: LoginRow, password: string): void {
    if (cache.size >= CACHE_SIZE) {
      let drop = CACHE_SIZE / 2;
      for (const id of cache.keys()) {
        if (drop-- <= 0) break;
        cache.delete(id);
      }
    }
    cache.set(login.id, {
      proof: hmac(cacheKey, String(login.id), password),
      version: login.auth_version,
      until: clock.ms() + CACHE_MS,
    });
  }

  function isRemembered(login: LoginRow, password: string): boolean {
    const entry = cache.get(login.id);
    return (
      entry !== undefined &&
      entry.version === login.auth_version &&
      entry.until > clock.ms() &&
      sameBytes(entry.proof, hmac(cacheKey, String(login.id), password))
    );
  }

  async function locked(key: string): Promise<boolean> {
    const row = await failures.findFailure(db, key);
    return row?.locked_until !== null && row?.locked_until !== undefined && row.locked_until > clock.now();
  }

  async function fail(key: string): Promise<void> {
    const now = clock.now();
    await failures.addFailure(db, key, now, new Date(now.getTime() - WINDOW_MS), {
      atCount: LOCK_AFTER,
      until: new Date(now.getTime() + WINDOW_MS),
    });
  }

  return {
    /** An unknown name and a wrong password answer alike, also in time taken. */
    async verify(input: ClientSignIn): Promise<ClientVerdict> {
      const login = await findLogin(db, input.name);
      if (!login || login.hash === null || login.deleted_at) {
        await hasher.verifyNothing(input.password);
        return { ok: false, reason: 'invalid' };
      }
      // A key of its own: a mail program with an old password must not lock the person out of the web.
      const key = `client:${login.id}`;
      const remembered = isRemembered(login, input.password);
      if (!remembered) {
        if (await locked(key)) return { ok: false, reason: 'limited' };
        if (!(await hasher.verify(login.hash, input.password))) {
          await fail(key);
          await record(login.id, input, false);
          return { ok: false, reason: 'invalid' };
        }
        await failures.clearFailure(db, key);
        await record(login.id, input, true);
        remember(login, input.password);
      }
      if (login.disabled || (login.expires_at && login.expires_at <= clock.now()))
        return { ok: false, reason: 'disabled' };
      if (!allows(login, input.protocol)) return { ok: false, reason: 'protocol' };
      return { ok: true, accountId: login.id, address: `${login.local}@${login.domain}` };
    },

    /** Calls back when the account's password, state or rights changed: the session must end. Returns how to stop. */
    onRevoked(accountId: number, listener: () => void): () => void {
      return signals.on(REVOKED, (payload) => {
        if (payload === String(accountId)) listener();
      });
    },

    /** Ends live sessions of an account in every process. */
    revoke(accountId: number): void {
      cache.delete(accountId);
      signals.send(REVOKED, String(accountId));
    },
  };

  async function record(accountId: number, input: ClientSignIn, ok: boolean): Promise<void> {
    await insertSignIn(db, {
      accountId,
      at: clock.now(),
      protocol: input.protocol,
      address: input.remoteAddress,
      device: input.tls ? 'TLS' : '',
      ok,
    });
  }
}

function allows(login: LoginRow, protocol: ClientProtocol): boolean {
  switch (protocol) {
    case 'imap':
    case 'sieve':
      return login.allow_imap;
    case 'pop3':
      return login.allow_pop3;
    case 'smtp':
      return login.allow_smtp;
    case 'jmap':
      return login.allow_web;
  }
}
