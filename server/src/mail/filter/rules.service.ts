import type { ForwardingRight, MailRules, MailRulesChange, MailRulesView } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, type Queryable, type Tx, transaction } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Settings } from '../settings/index.ts';
import { RULES_CHANGED } from './cache.ts';
import { filterErrors } from './filter.errors.ts';
import * as store from './rules.store.ts';
import { isActive, NO_RULES } from './rules-script.ts';
import { listScripts } from './scripts.store.ts';

export interface RulesParts {
  db: Db;
  clock: Clock;
  signals: Signals;
  addressBook: AddressBook;
  settings: Pick<Settings, 'get'>;
}

export type PersonalRules = ReturnType<typeof createPersonalRules>;

/** What the settings pages set; who may is asked by the caller, as for scripts. */
export function createPersonalRules({ db, clock, signals, addressBook, settings }: RulesParts) {
  async function mayForwardOutside(target: Queryable, accountId: number): Promise<boolean> {
    const exception = await store.findForwardingRight(target, accountId);
    return exception ?? (await settings.get('forwarding')).outside;
  }

  /** Every address that mail is to be sent on to, with the field that it stands in. */
  async function checkAddresses(target: Queryable, accountId: number, rules: MailRulesChange): Promise<void> {
    const wanted: [string, string][] = [
      ...(rules.forwarding?.enabled ? rules.forwarding.addresses : []).map((address): [string, string] => [
        address,
        'forwarding.addresses',
      ]),
      ...(rules.filters ?? []).flatMap((filter, index) =>
        filter.actions.flatMap((action): [string, string][] =>
          action.type === 'forward' && action.address !== undefined
            ? [[action.address, `filters[${index}]`]]
            : [],
        ),
      ),
    ];
    const outside = wanted.length === 0 || (await mayForwardOutside(target, accountId));
    for (const [address, field] of wanted) {
      const found = await addressBook.resolve(target, address);
      if (found.kind === 'unknown') throw filterErrors.unknown_address({ address }, { field });
      if (found.kind === 'foreign' && !outside) throw filterErrors.outside_forbidden({ address }, { field });
      if (found.kind === 'account' && found.accountId === accountId)
        throw filterErrors.forward_to_self({ address }, { field });
    }
  }

  return {
    mayForwardOutside,

    async view(accountId: number, mayChange: boolean): Promise<MailRulesView> {
      const row = await store.findRules(db, accountId);
      const active = (await listScripts(db, accountId)).find((script) => script.active);
      return {
        version: row?.version ?? 0,
        rules: row?.rules ?? NO_RULES,
        mayForwardOutside: await mayForwardOutside(db, accountId),
        mayChange,
        ...(active ? { activeScript: active.name } : {}),
      };
    },

    async find(target: Queryable, accountId: number): Promise<{ rules: MailRules; version: number }> {
      return (await store.findRules(target, accountId)) ?? { rules: NO_RULES, version: 0 };
    },

    /** Replaces the sections that are there; `version` must be the one that was read. Returns the new version. */
    async change(
      target: Queryable,
      accountId: number,
      change: MailRulesChange,
      options: { emptyReply?: boolean } = {},
    ): Promise<number> {
      checkRules(change, options.emptyReply ?? false);
      return transaction(target, async (tx) => {
        await store.lockRules(tx, accountId);
        const before = await store.findRules(tx, accountId);
        if ((before?.version ?? 0) !== change.version) throw filterErrors.rules_changed();
        await checkAddresses(tx, accountId, change);
        const { version, ...sections } = change;
        const rules: MailRules = { ...NO_RULES, ...before?.rules, ...sections };
        await store.saveRules(
          tx,
          accountId,
          { rules, active: isActive(rules), version: version + 1 },
          clock.now(),
        );
        afterCommit(tx, () => {
          signals.send(RULES_CHANGED, String(accountId));
          signals.send('mail-sieve', String(accountId));
        });
        return version + 1;
      });
    },

    async setForwardingRight(
      tx: Tx,
      audit: Audit,
      actor: Actor,
      accountId: number,
      { outside }: ForwardingRight,
    ): Promise<void> {
      await store.saveForwardingRight(
        tx,
        accountId,
        outside === 'default' ? undefined : outside === 'allowed',
      );
      await audit.record(tx, actor, {
        action: 'account.forwarding',
        target: String(accountId),
        after: { outside },
      });
    },

    async forwardingRight(target: Queryable, accountId: number): Promise<ForwardingRight> {
      const outside = await store.findForwardingRight(target, accountId);
      return { outside: outside === undefined ? 'default' : outside ? 'allowed' : 'refused' };
    },
  };
}

/** What a schema cannot say. */
function checkRules({ vacation, forwarding, filters }: MailRulesChange, emptyReply: boolean): void {
  if (!emptyReply && vacation?.enabled && vacation.text.trim() === '' && (vacation.html ?? '').trim() === '')
    throw filterErrors.vacation_empty({}, { field: 'vacation.text' });
  if (
    vacation?.from !== undefined &&
    vacation.until !== undefined &&
    Date.parse(vacation.until) <= Date.parse(vacation.from)
  )
    throw filterErrors.vacation_dates({}, { field: 'vacation.until' });
  if (forwarding?.enabled && forwarding.addresses.length === 0)
    throw filterErrors.forward_nowhere({}, { field: 'forwarding.addresses' });
  for (const [index, filter] of (filters ?? []).entries()) {
    const whole =
      filter.conditions.every(
        ({ field, header, operator, value }) =>
          (field !== 'header' || header !== undefined) &&
          (field === 'size') === (operator === 'over' || operator === 'under') &&
          (field !== 'size' || /^\d{1,8}$/.test(value)),
      ) &&
      filter.actions.every(
        ({ type, mailbox, address, text }) =>
          ((type !== 'move' && type !== 'copy') || mailbox !== undefined) &&
          (type !== 'forward' || address !== undefined) &&
          (type !== 'reject' || (text !== undefined && filter.actions.length === 1)),
      );
    if (!whole) throw filterErrors.filter_incomplete({ name: filter.name }, { field: `filters[${index}]` });
  }
}
