import type { Account, ChangePassword, CreateAccount } from '@hongyan/contract';
import type { Audit } from '../audit/index.ts';
import type { Directory } from '../directory/index.ts';
import { accountChanged } from '../directory/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import { newId, type PasswordHasher } from '../kit/crypto/index.ts';
import { type Db, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import type { Events } from '../kit/events/index.ts';
import type { Actor } from '../kit/http/index.ts';
import * as store from './credentials.store.ts';
import { identityErrors } from './identity.errors.ts';
import { brokenRules, DEFAULT_POLICY, type PersonalData, type PolicyRule } from './password.policy.ts';

export interface PasswordContext {
  db: Db;
  clock: Clock;
  audit: Audit;
  events: Events;
  hasher: PasswordHasher;
  directory: Directory;
}

export type Passwords = ReturnType<typeof createPasswords>;

export function createPasswords({ db, clock, audit, events, hasher, directory }: PasswordContext) {
  const policy = DEFAULT_POLICY;

  /** Throws with every broken rule, under the field that the form calls it. */
  function check(password: string, person: PersonalData, field: string): void {
    const broken = brokenRules(policy, password, person);
    if (broken.length === 0) return;
    throw identityErrors.password_policy(
      {},
      { fields: broken.map((rule) => ({ field, code: rule.code, params: rule.params })) },
    );
  }

  async function personal(tx: Queryable, accountId: number): Promise<PersonalData> {
    const row = await directory.accounts.find(tx, accountId);
    const phones = [row?.office_phone, row?.mobile].filter(
      (phone): phone is string => typeof phone === 'string',
    );
    return { account: row?.local ?? '', phones };
  }

  async function checkHistory(tx: Queryable, accountId: number, password: string): Promise<void> {
    for (const old of await store.findHistory(tx, accountId, policy.history)) {
      if (await hasher.verify(old, password)) {
        throw identityErrors.password_reused({ count: policy.history }, { field: 'password' });
      }
    }
  }

  async function write(tx: Tx, accountId: number, hash: string, mustChange: boolean): Promise<void> {
    await store.upsertCredential(tx, { accountId, hash, clientOnly: false, mustChange, now: clock.now() });
    await directory.accounts.raiseAuthVersion(tx, accountId);
    await events.publish(tx, accountChanged, { accountId });
  }

  return {
    policy,
    check,

    /** Rules that a candidate breaks, for the page while one types. */
    judge: (password: string, account: string | undefined): PolicyRule[] =>
      brokenRules(policy, password, account === undefined ? {} : { account }),

    /** Account and password in one transaction (ADM-4.1). */
    async createAccount(actor: Actor, input: CreateAccount): Promise<Account> {
      const { password, ...person } = input;
      check(
        password,
        { account: input.account, phones: [input.mobile ?? '', input.officePhone ?? ''] },
        'password',
      );
      const hash = await hasher.hash(password);
      return transaction(db, async (tx) => {
        const account = await directory.accounts.create(actor, person, tx);
        await store.upsertCredential(tx, {
          accountId: account.id,
          hash,
          clientOnly: false,
          mustChange: false,
          now: clock.now(),
        });
        return account;
      });
    },

    /** First password of an account that somebody else has just made in this transaction; the policy applies. */
    async setFirst(tx: Tx, accountId: number, account: string, password: string): Promise<void> {
      check(password, { account }, 'password');
      const hash = await hasher.hash(password);
      await store.upsertCredential(tx, {
        accountId,
        hash,
        clientOnly: false,
        mustChange: false,
        now: clock.now(),
      });
    },

    /** For the sample and the importer: a hash made elsewhere with the same hasher. */
    async setHashed(tx: Tx, accountId: number, hash: string): Promise<void> {
      await store.upsertCredential(tx, {
        accountId,
        hash,
        clientOnly: false,
        mustChange: false,
        now: clock.now(),
      });
    },

    /** ADM-4.8: by an administrator; the person must change it at the next sign-in (ID-9). */
    async reset(actor: Actor, accountId: number, password: string): Promise<void> {
      check(password, await personal(db, accountId), 'password');
      const hash = await hasher.hash(password);
      await transaction(db, async (tx) => {
        const row = await directory.accounts.requirePasswordRight(tx, actor, accountId);
        await write(tx, accountId, hash, row.id !== actor.accountId);
        await audit.record(tx, actor, { action: 'account.password', target: row.local, unitId: row.unit_id });
      });
    },

    /** ID-6: the person's own change; every other session ends. Returns the new auth version. */
    async change(actor: Actor, input: ChangePassword): Promise<number> {
      const credential = await store.findCredential(db, actor.accountId);
      if (!credential || credential.client_only || !(await hasher.verify(credential.hash, input.current))) {
        throw identityErrors.wrong_password({}, { field: 'current' });
      }
      check(input.password, await personal(db, actor.accountId), 'password');
      await checkHistory(db, actor.accountId, input.password);
      const hash = await hasher.hash(input.password);
      return transaction(db, async (tx) => {
        await write(tx, actor.accountId, hash, false);
        await audit.record(tx, actor, { action: 'account.own_password', target: actor.name });
        return (await directory.accounts.find(tx, actor.accountId))?.auth_version ?? 0;
      });
    },

    /** HALL-8: a secret of a form becomes a hash on arrival; the id is all that the case keeps. */
    async keepFormSecret(tx: Tx, caseId: string, hash: string): Promise<string> {
      const id = newId(clock.ms());
      await store.insertFormSecret(tx, { id, caseId, hash, now: clock.now() });
      return id;
    },
    hashSecret: (secret: string) => hasher.hash(secret),
    hasFormSecret: async (tx: Queryable, caseId: string, id: string) =>
      (await store.findFormSecret(tx, id, caseId)) !== undefined,
    /** Ends the secrets of a case, but for the ones still referred to. */
    purgeFormSecrets: (tx: Tx, caseId: string, except: string[] = []) =>
      store.deleteFormSecrets(tx, caseId, except),

    /** The kept hash becomes the mailbox's client password: IMAP, POP3 and SMTP only. */
    async useFormSecret(tx: Tx, caseId: string, id: string, accountId: number): Promise<boolean> {
      const hash = await store.findFormSecret(tx, id, caseId);
      if (hash === undefined) return false;
      await store.upsertCredential(tx, {
        accountId,
        hash,
        clientOnly: true,
        mustChange: false,
        now: clock.now(),
      });
      return true;
    },
  };
}
