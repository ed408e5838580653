import type { Captcha, NextStep, SignIn } from '@hongyan/contract';
import type { Directory } from '../directory/index.ts';
import { checkMobile } from '../directory/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import {
  type Box,
  hashToken,
  hmac,
  newId,
  newToken,
  type PasswordHasher,
  sameBytes,
} from '../kit/crypto/index.ts';
import { type Db, type Queryable, transaction } from '../kit/db/index.ts';
import { drawCaptcha } from './captcha.picture.ts';
import * as credentials from './credentials.store.ts';
import * as failures from './failures.store.ts';
import { identityErrors } from './identity.errors.ts';
import * as sessions from './sessions.store.ts';

export interface SignInContext {
  db: Db;
  clock: Clock;
  hasher: PasswordHasher;
  directory: Directory;
  box: Box;
  /** Per-address limits and captcha also for loopback. */
  limitsOnLoopback: boolean;
}

export interface Visitor {
  address: string;
  /** User agent, shortened. */
  device: string;
}

/** Failures within the window before a captcha is asked, and before the name is locked. */
const CAPTCHA_AFTER = 3;
const LOCK_AFTER = 10;
const WINDOW_MS = 15 * 60_000;
const LOCK_MS = 15 * 60_000;
/** One address tries many names when it sprays: slower to lock, since a campus may share one address. */
const ADDRESS_LOCK_AFTER = 100;
const CAPTCHA_LIFE_MS = 5 * 60_000;
const SESSION_LIFE_MS = 14 * 86_400_000;

export type SignIns = ReturnType<typeof createSignIns>;

export function createSignIns({ db, clock, hasher, directory, box, limitsOnLoopback }: SignInContext) {
  const captchaKey = box.derive('captcha');

  function exempt(address: string): boolean {
    return !limitsOnLoopback && (address === '::1' || /^(::ffff:)?127\./.test(address));
  }

  /** ID-3: account name, number, mail address or bound phone. */
  async function findLogin(target: Queryable, name: string): Promise<credentials.LoginRow | undefined> {
    const folded = name.trim().toLowerCase();
    const domains = await directory.addresses.domains(target);
    const at = folded.lastIndexOf('@');
    if (at > 0) return credentials.findLoginByAddress(target, folded.slice(0, at), folded.slice(at + 1));
    const [primary] = domains;
    const byName =
      primary === undefined ? undefined : await credentials.findLoginByAddress(target, folded, primary);
    if (byName) return byName;
    const byNumber = await credentials.findLoginByNumber(target, name.trim());
    if (byNumber) return byNumber;
    try {
      return await credentials.findLoginByPhone(
        target,
        box.blindIndex('bound_phone', checkMobile(name, 'name')),
      );
    } catch {
      return undefined;
    }
  }

  async function requireUnlocked(key: string): Promise<number> {
    const row = await failures.findFailure(db, key);
    if (!row) return 0;
    const left = (row.locked_until?.getTime() ?? 0) - clock.ms();
    if (left > 0) {
      throw identityErrors.locked(
        { minutes: Math.ceil(left / 60_000) },
        { retryAfter: Math.ceil(left / 1_000) },
      );
    }
    return row.first_at.getTime() > clock.ms() - WINDOW_MS ? row.count : 0;
  }

  async function fail(keys: { key: string; atCount: number }[]): Promise<void> {
    const now = clock.now();
    for (const { key, atCount } of keys) {
      await failures.addFailure(db, key, now, new Date(now.getTime() - WINDOW_MS), {
        atCount,
        until: new Date(now.getTime() + LOCK_MS),
      });
    }
  }

  async function requireCaptcha(captcha: SignIn['captcha']): Promise<void> {
    if (!captcha) throw identityErrors.captcha_required({}, { field: 'captcha' });
    const id = /^[0-9a-f-]{36}$/.test(captcha.id) ? captcha.id : undefined;
    const expected = id === undefined ? undefined : await sessions.takeCaptcha(db, id, clock.now());
    const given = hmac(captchaKey, captcha.answer.trim().toLowerCase());
    if (!expected || !sameBytes(expected, given))
      throw identityErrors.captcha_wrong({}, { field: 'captcha' });
  }

  return {
    findLogin,

    async captcha(): Promise<Captcha> {
      const { answer, svg } = drawCaptcha();
      const id = newId(clock.ms());
      await sessions.insertCaptcha(db, id, hmac(captchaKey, answer), new Date(clock.ms() + CAPTCHA_LIFE_MS));
      return { id, image: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}` };
    },

    /**
     * The steps in order: limits, captcha, password, state, session.
     * An unknown name and a wrong password answer alike, also in time taken.
     */
    async signIn(
      input: SignIn,
      visitor: Visitor,
    ): Promise<{ token: string; sessionId: string; accountId: number; next: NextStep[] }> {
      const login = await findLogin(db, input.name);
      const nameKey = login
        ? `account:${login.id}`
        : `name:${hmac(captchaKey, input.name.trim().toLowerCase()).toString('hex').slice(0, 32)}`;
      const addressKey = `address:${visitor.address}`;
      const limited = !exempt(visitor.address);
      const failed = await requireUnlocked(nameKey);
      const failedHere = limited ? await requireUnlocked(addressKey) : 0;
      if (limited && Math.max(failed, failedHere) >= CAPTCHA_AFTER) await requireCaptcha(input.captcha);

      const usable =
        login?.kind === 'person' && login.hash !== null && login.client_only !== true
          ? login.hash
          : undefined;
      const right =
        usable === undefined
          ? await hasher.verifyNothing(input.password)
          : await hasher.verify(usable, input.password);
      if (!right || !login || login.deleted_at) {
        await fail([
          { key: nameKey, atCount: LOCK_AFTER },
          ...(limited ? [{ key: addressKey, atCount: ADDRESS_LOCK_AFTER }] : []),
        ]);
        if (login) await record(db, login.id, visitor, false);
        throw identityErrors.invalid_credentials();
      }
      // The password was right: from here the person may be told plainly what is wrong.
      if (login.disabled) throw identityErrors.account_disabled();
      if (login.expires_at && login.expires_at <= clock.now()) throw identityErrors.account_expired();
      if (!login.allow_web) throw identityErrors.web_off();

      const token = newToken();
      const sessionId = newId(clock.ms());
      await transaction(db, async (tx) => {
        await failures.clearFailure(tx, nameKey);
        await sessions.insertSession(tx, {
          id: sessionId,
          tokenHash: hashToken(token),
          accountId: login.id,
          authVersion: login.auth_version,
          device: visitor.device,
          address: visitor.address,
          now: clock.now(),
          expiresAt: new Date(clock.ms() + SESSION_LIFE_MS),
        });
        await record(tx, login.id, visitor, true);
      });
      return { token, sessionId, accountId: login.id, next: login.must_change ? ['change_password'] : [] };
    },
  };

  async function record(target: Queryable, accountId: number, visitor: Visitor, ok: boolean): Promise<void> {
    await sessions.insertSignIn(target, {
      accountId,
      at: clock.now(),
      protocol: 'web',
      address: visitor.address,
      device: visitor.device,
      ok,
    });
  }
}
