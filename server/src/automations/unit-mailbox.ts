import type { Channels } from '../channels/index.ts';
import type { Directory } from '../directory/index.ts';
import { type Hall, localDay, valuesOfType } from '../hall/index.ts';
import type { Passwords } from '../identity/index.ts';
import { type Db, isDatabaseUnavailable, type Tx, transaction } from '../kit/db/index.ts';
import { AppError, errorText } from '../kit/errors/index.ts';
import type { Events } from '../kit/events/index.ts';
import { systemActor } from '../kit/http/index.ts';
import type { Logger } from '../kit/log/index.ts';
import type { Mail } from '../mail/index.ts';
import { actionDue, type Workflow } from '../workflow/index.ts';

export interface UnitMailboxAutomation {
  db: Db;
  log: Logger;
  events: Events;
  workflow: Workflow;
  hall: Hall;
  directory: Directory;
  passwords: Passwords;
  channels: Channels;
  mail: Mail;
}

const ACTION = 'create_unit_mailbox';

/**
 * When the last approval of an application is given, its mailboxes come into being (HALL-8).
 * `params` of the step name the form's fields: rows, name, password, unit, members, expires.
 * Everything happens in one transaction keyed by the visit, so running it twice makes nothing twice;
 * what cannot work (a name taken in between) parks the case for an administrator.
 */
export function automateUnitMailbox(parts: UnitMailboxAutomation): void {
  const { db, log, events, workflow } = parts;
  events.subscribe(actionDue, 'unit-mailbox', async ({ visitId, action }) => {
    if (action !== ACTION) return;
    try {
      await transaction(db, (tx) => createMailboxes(parts, tx, visitId));
    } catch (error) {
      // The database being away is nobody's decision: the job is run again.
      if (isDatabaseUnavailable(error)) throw error;
      if (!(error instanceof AppError)) log.error({ err: error, visitId }, 'automatic step failed');
      const reason =
        error instanceof AppError
          ? errorText(error.code, 'zh-CN', error.params)
          : errorText('common.internal', 'zh-CN', { ref: visitId.slice(-12) });
      await transaction(db, async (tx) => {
        const row = await workflow.loadAction(tx, visitId);
        if (row.state === 'pending') await workflow.failAction(tx, visitId, reason);
      });
    }
  });
}

async function createMailboxes(parts: UnitMailboxAutomation, tx: Tx, visitId: string): Promise<void> {
  const { workflow, hall, directory, passwords, channels } = parts;
  const action = await workflow.loadAction(tx, visitId);
  if (action.state !== 'pending') return;
  const caseId = action.instance_id;
  const { row, version } = await hall.applications.load(tx, caseId);
  const values = new Map<string, unknown>(Object.entries(row.values));
  const named = (param: string): unknown => values.get(String(action.params[param] ?? param));

  const unitId = Number(named('unit'));
  const members = named('members');
  const expires = named('expires');
  const expiresAt = typeof expires === 'string' ? new Date(`${expires}T23:59:59.999+08:00`) : null;
  const secrets = new Map(
    [...valuesOfType(version.form, row.values, ['secret'])].map(({ path, value }) => [path, value]),
  );
  const results: { label: string; value: string }[] = [];
  for (const { path, value } of valuesOfType(version.form, row.values, ['mailbox_name'])) {
    const origin = `${caseId}:${path}`;
    const { accountId, address, created } = await directory.unitMailboxes.create(
      tx,
      systemActor('unit-mailbox'),
      {
        local: String(value),
        unitId,
        ownerId: row.applicant_id,
        memberIds: Array.isArray(members) ? members.filter((id): id is number => typeof id === 'number') : [],
        expiresAt,
        origin,
      },
    );
    results.push({ label: 'unit_mailbox', value: address });
    if (!created) continue;
    // A mailbox that several people read keeps 'seen' per person from its first message on.
    await parts.mail.store.provision(tx, accountId, { shared: true });
    const secretPath = path.replace(/[^.]+$/, String(action.params['password'] ?? 'password'));
    await usePassword(passwords, tx, caseId, secrets.get(secretPath), accountId);
    const params = { address, expires: expiresAt === null ? '—' : localDay(expiresAt) };
    await channels.notify(tx, {
      accountId: row.applicant_id,
      template: 'mailbox_ready',
      params,
      link: '/mail',
      key: `mailbox:${accountId}`,
      email: true,
    });
    for (const member of (await directory.unitMailboxes.membersOf(tx, accountId)).filter(
      (id) => id !== row.applicant_id,
    )) {
      await channels.notify(tx, {
        accountId: member,
        template: 'mailbox_member',
        params: { address },
        link: '/mail',
        key: `member:${accountId}`,
      });
    }
  }
  await hall.applications.actionFinished(tx, visitId, caseId, results);
}

async function usePassword(
  passwords: Passwords,
  tx: Tx,
  caseId: string,
  secret: unknown,
  accountId: number,
): Promise<void> {
  const id = typeof secret === 'object' && secret !== null && 'id' in secret ? String(secret.id) : undefined;
  if (id !== undefined) await passwords.useFormSecret(tx, caseId, id, accountId);
}
