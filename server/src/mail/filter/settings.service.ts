import type {
  ForwardingRight,
  MailRulesChange,
  MailRulesView,
  SieveScriptChange,
  SieveScriptContent,
  SieveScriptInfo,
  SieveVerdict,
} from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { AddressBook } from '../ports.ts';
import { filterErrors } from './filter.errors.ts';
import { FILTER_LIMITS } from './limits.ts';
import type { PersonalRules } from './rules.service.ts';
import { ScriptError, type ScriptProblem, type Scripts } from './scripts.service.ts';
import type { ScriptRow } from './scripts.store.ts';

export type FilterSettings = ReturnType<typeof createFilterSettings>;

/** The settings pages: one's own mailbox, and unit mailboxes that one may send from. */
export function createFilterSettings(parts: {
  db: Db;
  audit: Audit;
  directory: Directory;
  addressBook: AddressBook;
  scripts: Scripts;
  personal: PersonalRules;
}) {
  const { db, audit, directory, addressBook, scripts, personal } = parts;

  /** Those who may read a unit mailbox see its rules; those who may send from it set them. */
  async function open(actor: Actor, accountId: number, change: boolean): Promise<{ mayChange: boolean }> {
    const found = (await addressBook.mailboxes(db, actor.accountId)).find(
      (one) => one.accountId === accountId,
    );
    if (!found || (change && !found.canSend)) throw filterErrors.no_mailbox();
    return { mayChange: found.canSend };
  }

  async function script(accountId: number, id: number) {
    const found = await scripts.find(db, accountId, { id });
    if (!found) throw filterErrors.script_missing();
    return found;
  }

  return {
    async rules(actor: Actor, accountId: number): Promise<MailRulesView> {
      const { mayChange } = await open(actor, accountId, false);
      return personal.view(accountId, mayChange);
    },
    async changeRules(actor: Actor, accountId: number, change: MailRulesChange): Promise<MailRulesView> {
      await open(actor, accountId, true);
      await personal.change(db, accountId, change);
      return personal.view(accountId, true);
    },

    async listScripts(actor: Actor, accountId: number): Promise<{ items: SieveScriptInfo[]; limit: number }> {
      await open(actor, accountId, false);
      return { items: (await scripts.list(db, accountId)).map(present), limit: FILTER_LIMITS.scripts };
    },
    async script(actor: Actor, accountId: number, id: number): Promise<SieveScriptContent> {
      await open(actor, accountId, false);
      const found = await script(accountId, id);
      return { ...present(found), content: found.content };
    },
    async createScript(actor: Actor, accountId: number, input: { name: string; content: string }) {
      await open(actor, accountId, true);
      const id = await explained(input.name, () =>
        scripts.create(db, accountId, input.name.trim(), input.content),
      );
      return present(await script(accountId, id));
    },
    async changeScript(
      actor: Actor,
      accountId: number,
      id: number,
      change: SieveScriptChange,
    ): Promise<SieveScriptInfo> {
      await open(actor, accountId, true);
      const before = await script(accountId, id);
      const { name, content, active } = change;
      await explained(name ?? before.name, () =>
        transaction(db, async (tx) => {
          if (name !== undefined || content !== undefined)
            await scripts.update(tx, accountId, id, { name: name?.trim(), content });
          if (active !== undefined && active !== before.active)
            await scripts.activate(tx, accountId, active ? { id } : undefined);
        }),
      );
      return present(await script(accountId, id));
    },
    async removeScript(actor: Actor, accountId: number, id: number): Promise<void> {
      await open(actor, accountId, true);
      await explained('', () => scripts.remove(db, accountId, { id }));
    },
    /** Checks a text without storing it; anybody who has signed in may. */
    check(_actor: Actor, content: string): SieveVerdict {
      try {
        return { ok: true, warnings: scripts.check(content) };
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
        const { problem } = error;
        return problem.kind === 'invalid'
          ? { ok: false, line: problem.line, message: problem.message, warnings: [] }
          : { ok: false, warnings: [] };
      }
    },

    async forwardingRight(actor: Actor, accountId: number): Promise<ForwardingRight> {
      requireInstitutionWide(await directory.authority(actor));
      return personal.forwardingRight(db, accountId);
    },
    async setForwardingRight(actor: Actor, accountId: number, right: ForwardingRight): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      await transaction(db, async (tx) => {
        if (!(await directory.accounts.find(tx, accountId))) throw commonErrors.not_found();
        await personal.setForwardingRight(tx, audit, actor, accountId, right);
      });
    },
  };
}

function present({ id, name, active, changedAt }: ScriptRow): SieveScriptInfo {
  return { id, name, active, changedAt: changedAt.toISOString() };
}

/** A refused change in the words of the page. */
async function explained<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw appError(error.problem, name);
  }
}

function appError(problem: ScriptProblem, name: string) {
  switch (problem.kind) {
    case 'missing':
      return filterErrors.script_missing();
    case 'name_taken':
      return filterErrors.script_name_taken({ name }, { field: 'name' });
    case 'bad_name':
      return filterErrors.script_name_bad({}, { field: 'name' });
    case 'active':
      return filterErrors.script_active();
    case 'too_many':
      return filterErrors.script_too_many({ limit: FILTER_LIMITS.scripts });
    case 'too_large':
      return filterErrors.script_too_large({}, { field: 'content' });
    case 'invalid':
      return filterErrors.script_invalid(
        { line: problem.line, message: problem.message },
        { field: 'content' },
      );
  }
}
