import type {
  ApplicationPreview,
  Applied,
  Apply,
  Decision,
  FieldRights,
  FormValues,
} from '@hongyan/contract';
import { newId } from '../../kit/crypto/index.ts';
import { type Tx, transaction } from '../../kit/db/index.ts';
import { commonErrors, fill } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { Moved } from '../../workflow/index.ts';
import { type Catalogue, findVersionOf } from '../catalogue/catalogue.service.ts';
import { deleteDraft, saveDraft, type VersionRow } from '../catalogue/catalogue.store.ts';
import { READ_ALL, visibleForm, visibleValues, WRITE_ALL } from '../forms/index.ts';
import { afterWorkingDays, type HallContext, localDay } from '../hall.context.ts';
import { hallErrors } from '../hall.errors.ts';
import { presentForecast } from '../progress.ts';
import * as store from './applications.store.ts';
import { type CheckedValues, checkValues, factsOf, keepSecrets, withoutSecrets } from './check-values.ts';

export type Applications = ReturnType<typeof createApplications>;

export function createApplications(context: HallContext, catalogue: Catalogue) {
  const { db, clock, audit, workflow, channels, passwords, directory } = context;

  async function openService(actor: Actor, key: string) {
    const service = await catalogue.load(actor, key);
    if (service.version === null) throw hallErrors.not_online();
    return { service, version: await findVersionOf(db, key, service.version) };
  }

  async function claim(tx: Tx, actor: Actor, caseId: string, checked: CheckedValues): Promise<void> {
    const ids = [...new Set(checked.attachments)];
    if (ids.length === 0) return;
    if ((await store.claimAttachments(tx, ids, actor.accountId, caseId)) !== ids.length) {
      throw hallErrors.form_invalid(
        {},
        { fields: [{ field: 'attachments', code: hallErrors.bad_attachment.code }] },
      );
    }
  }

  /** What every move of the process means for the case: its status, its secrets, and what the applicant hears. */
  async function afterMove(tx: Tx, moved: Moved): Promise<void> {
    const row = await store.findApplication(tx, moved.instanceId);
    if (!row) return;
    const ended = moved.status === 'approved' || moved.status === 'rejected' || moved.status === 'withdrawn';
    await store.updateApplication(tx, row.id, { status: moved.status, endedAt: ended ? clock.now() : null });
    if (ended) await passwords.purgeFormSecrets(tx, row.id);
    const link = `/cases/${row.id}`;
    for (const effect of moved.effects) {
      if (effect.type === 'returned') {
        const params = { title: row.title, comment: effect.comment ?? '' };
        const key = `returned:${row.id}:${clock.ms()}`;
        await channels.notify(tx, {
          accountId: row.applicant_id,
          template: 'case_returned',
          params,
          link,
          key,
          email: true,
        });
      }
      if (effect.type === 'finished' && effect.status !== 'withdrawn') {
        const result = row.results.map((entry) => entry.value).join('、');
        await channels.notify(tx, {
          accountId: row.applicant_id,
          template: effect.status === 'approved' ? 'case_approved' : 'case_rejected',
          params: { title: row.title, comment: effect.comment ?? '', result },
          link,
          key: `finished:${row.id}`,
          email: true,
        });
      }
    }
  }

  async function loadFor(
    tx: Tx,
    caseId: string,
  ): Promise<{ row: store.ApplicationRow; version: VersionRow }> {
    const row = await store.findApplication(tx, caseId);
    if (!row) throw commonErrors.not_found();
    return { row, version: await findVersionOf(db, row.service_key, row.version) };
  }

  return {
    /** Checks everything and names the way and the people; stores nothing. */
    async preview(actor: Actor, key: string, sent: FormValues): Promise<ApplicationPreview> {
      const { version } = await openService(actor, key);
      const rights = version.rights['start'] ?? WRITE_ALL;
      const checked = await checkValues(context, actor, { form: version.form, rights, sent, held: {} });
      const facts = factsOf(version.form, checked.values);
      const definition = await workflow.definitionOf(db, version.definition_id);
      const steps = await workflow.forecast(db, definition, actor.accountId, facts);
      return { values: checked.values, flow: await presentForecast(context, db, definition, actor, steps) };
    },

    async saveDraft(actor: Actor, key: string, values: FormValues): Promise<void> {
      const { version } = await openService(actor, key);
      await saveDraft(db, actor.accountId, key, withoutSecrets(version.form, values), clock.now());
    },

    async deleteDraft(actor: Actor, key: string): Promise<void> {
      await deleteDraft(db, actor.accountId, key);
    },

    /** One transaction: the case, its secrets' hashes, its process, the first tasks, the audit. */
    async apply(actor: Actor, key: string, input: Apply): Promise<Applied> {
      const before = await store.findByRequest(db, actor.accountId, input.requestKey);
      if (before) return { caseId: before.id, number: before.number };
      const { service, version } = await openService(actor, key);
      const rights = version.rights['start'] ?? WRITE_ALL;
      const checked = await checkValues(context, actor, {
        form: version.form,
        rights,
        sent: input.values,
        held: {},
      });
      const id = newId(clock.ms());
      return transaction(db, async (tx) => {
        const now = clock.now();
        const [applicant] = await directory.accounts.findMany(tx, [actor.accountId]);
        const title = fill(version.title, {
          name: service.name,
          applicant: applicant?.name ?? '',
          ...scalars(checked.values),
        });
        const number = await store.nextNumber(tx, localDay(now));
        const fresh = await store.insertApplication(tx, {
          id,
          number,
          serviceKey: key,
          version: version.version,
          applicantId: actor.accountId,
          requestKey: input.requestKey,
          title,
          values: {},
          now,
          dueAt: afterWorkingDays(now, service.working_days),
        });
        if (!fresh) {
          const other = await store.findByRequest(tx, actor.accountId, input.requestKey);
          if (!other) throw commonErrors.conflict();
          return { caseId: other.id, number: other.number };
        }
        await keepSecrets(context, tx, id, version.form, checked);
        await store.updateApplication(tx, id, { values: checked.values });
        await claim(tx, actor, id, checked);
        const moved = await workflow.start(tx, {
          id,
          definitionId: version.definition_id,
          initiatorId: actor.accountId,
          facts: factsOf(version.form, checked.values),
          title,
          reference: number,
        });
        await afterMove(tx, moved);
        await deleteDraft(tx, actor.accountId, key);
        await audit.record(tx, actor, { action: 'case.submit', target: `${number} ${title}` });
        return { caseId: id, number };
      });
    },

    /** A decision, with what the step's rights let the person write into the form. */
    async decide(actor: Actor, taskId: string, decision: Decision): Promise<void> {
      const task = await workflow.findTask(db, taskId);
      if (!task) throw commonErrors.not_found();
      if (task.assignee_id !== actor.accountId) throw commonErrors.forbidden();
      if (decision.action === 'read') {
        await workflow.finishCc(db, taskId);
        return;
      }
      const action = decision.action;
      const caseId = task.instance_id;
      const agrees = action === 'approve' || action === 'complete';
      // Hashing and the checks come first, outside of the transaction; the lock is taken below.
      const checked = agrees
        ? await checkWritten(actor, caseId, task.node, decision.values ?? {})
        : undefined;
      await transaction(db, async (tx) => {
        await workflow.lock(tx, caseId);
        const { row, version } = await loadFor(tx, caseId);
        if (checked) {
          await keepSecrets(context, tx, caseId, version.form, checked);
          await store.updateApplication(tx, caseId, { values: checked.values });
          await claim(tx, actor, caseId, checked);
        }
        const facts = factsOf(version.form, checked?.values ?? row.values);
        const moved = await workflow.decide(
          tx,
          actor.accountId,
          taskId,
          {
            action,
            comment: decision.comment,
            to: decision.to,
            straightBack: decision.resume === 'straight_back',
          },
          facts,
        );
        await afterMove(tx, moved);
        await audit.record(tx, actor, {
          action: 'task.decide',
          target: `${row.number} ${row.title}`,
          after: { action, step: task.node },
        });
      });
    },

    /** After 退回: the applicant's edited form goes on its way again. */
    async resend(actor: Actor, caseId: string, sent: FormValues): Promise<void> {
      const row = await store.findApplication(db, caseId);
      if (!row) throw commonErrors.not_found();
      if (row.applicant_id !== actor.accountId) throw commonErrors.forbidden();
      const version = await findVersionOf(db, row.service_key, row.version);
      const rights = version.rights['start'] ?? WRITE_ALL;
      const checked = await checkValues(context, actor, {
        form: version.form,
        rights,
        sent,
        held: row.values,
        caseId,
      });
      await transaction(db, async (tx) => {
        await workflow.lock(tx, caseId);
        await keepSecrets(context, tx, caseId, version.form, checked);
        await store.updateApplication(tx, caseId, { values: checked.values });
        await claim(tx, actor, caseId, checked);
        const moved = await workflow.resend(
          tx,
          actor.accountId,
          caseId,
          factsOf(version.form, checked.values),
        );
        await afterMove(tx, moved);
        await audit.record(tx, actor, { action: 'case.resend', target: `${row.number} ${row.title}` });
      });
    },

    async withdraw(actor: Actor, caseId: string, comment: string | undefined): Promise<void> {
      await transaction(db, async (tx) => {
        await workflow.lock(tx, caseId);
        const row = await store.findApplication(tx, caseId);
        if (!row) throw commonErrors.not_found();
        if (row.applicant_id !== actor.accountId) throw commonErrors.forbidden();
        await afterMove(tx, await workflow.withdraw(tx, actor.accountId, caseId, comment?.trim() || null));
        await audit.record(tx, actor, { action: 'case.withdraw', target: `${row.number} ${row.title}` });
      });
    },

    async urge(actor: Actor, caseId: string): Promise<void> {
      await transaction(db, async (tx) => {
        const row = await store.findApplication(tx, caseId);
        if (!row) throw commonErrors.not_found();
        if (row.applicant_id !== actor.accountId) throw commonErrors.forbidden();
        await workflow.urge(tx, actor.accountId, caseId);
        await audit.record(tx, actor, { action: 'case.urge', target: `${row.number} ${row.title}` });
      });
    },

    /** For automations: the case with its values, inside their transaction. */
    load: loadFor,

    /** An automatic step is done; what it made becomes part of the case. */
    async actionFinished(
      tx: Tx,
      visitId: string,
      caseId: string,
      results: { label: string; value: string }[],
    ): Promise<void> {
      await store.updateApplication(tx, caseId, { addResults: results });
      await afterMove(tx, await workflow.finishAction(tx, visitId));
    },

    /** An administrator tries a parked step again, with corrected values if need be. */
    async retryAction(actor: Actor, visitId: string, sent: FormValues | undefined): Promise<void> {
      const caseId = await transaction(
        db,
        async (tx) => (await workflow.loadAction(tx, visitId)).instance_id,
      );
      const row = await store.findApplication(db, caseId);
      if (!row) throw commonErrors.not_found();
      const version = await findVersionOf(db, row.service_key, row.version);
      const checked =
        sent === undefined
          ? undefined
          : await checkValues(context, actor, {
              form: version.form,
              rights: WRITE_ALL,
              sent: { ...row.values, ...sent },
              held: row.values,
              caseId,
            });
      await transaction(db, async (tx) => {
        await workflow.lock(tx, caseId);
        if (checked) {
          await keepSecrets(context, tx, caseId, version.form, checked);
          await store.updateApplication(tx, caseId, { values: checked.values });
        }
        await workflow.retryAction(
          tx,
          actor.accountId,
          visitId,
          factsOf(version.form, checked?.values ?? row.values),
        );
        await audit.record(tx, actor, { action: 'action.retry', target: `${row.number} ${row.title}` });
      });
    },

    async skipAction(actor: Actor, visitId: string, reason: string): Promise<void> {
      await transaction(db, async (tx) => {
        const action = await workflow.loadAction(tx, visitId);
        await afterMove(tx, await workflow.skipAction(tx, actor.accountId, visitId, reason));
        await audit.record(tx, actor, { action: 'action.skip', target: action.title, after: { reason } });
      });
    },

    countRunning: () => store.countRunning(db),
  };

  /** A step that writes into the form is checked also when nothing was sent: one tap takes the presets. */
  async function checkWritten(
    actor: Actor,
    caseId: string,
    node: string,
    sent: FormValues,
  ): Promise<CheckedValues | undefined> {
    const row = await store.findApplication(db, caseId);
    if (!row) throw commonErrors.not_found();
    const version = await findVersionOf(db, row.service_key, row.version);
    const rights = version.rights[node] ?? READ_ALL;
    if (!writesAnything(rights)) return undefined;
    const presets = await catalogue.presets(actor, version.form);
    return checkValues(context, actor, {
      form: version.form,
      rights,
      sent: { ...presets, ...row.values, ...sent },
      held: row.values,
      caseId,
    });
  }
}

export function writesAnything(rights: FieldRights): boolean {
  return rights.rest === 'write' || Object.values(rights.fields).includes('write');
}

/** The form and values as a reader at a node may see them. */
export function viewOf(
  version: VersionRow,
  node: string,
  values: FormValues,
): { form: VersionRow['form']; rights: FieldRights; values: FormValues } {
  const rights = version.rights[node] ?? READ_ALL;
  return {
    form: visibleForm(version.form, rights),
    rights,
    values: visibleValues(version.form, rights, values),
  };
}

function scalars(values: FormValues): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  );
}
