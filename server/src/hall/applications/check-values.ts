import type { FieldRights, Form, FormValues } from '@hongyan/contract';
import { directoryErrors } from '../../directory/index.ts';

import { AppError, type FieldProblem } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { readForm, valuesOfType } from '../forms/index.ts';
import type { HallContext } from '../hall.context.ts';
import { hallErrors } from '../hall.errors.ts';

/** A secret on its way from the form to the identity table: its place and its hash, never its text. */
export interface PendingSecret {
  path: string;
  hash: string;
}

export interface CheckedValues {
  /** Secrets stand as `{ set: true, id }` or, still to be kept, as `{ set: true, id: '' }`. */
  values: FormValues;
  secrets: PendingSecret[];
  attachments: string[];
}

/**
 * Everything that must hold before values may enter a case: the form's own schema, then what only the database knows.
 * Throws `hall.form_invalid` with every problem by field. No value of a secret leaves this function.
 */
export async function checkValues(
  context: HallContext,
  actor: Actor,
  input: { form: Form; rights: FieldRights; sent: FormValues; held: FormValues; caseId?: string },
): Promise<CheckedValues> {
  const { values, problems } = readForm(input.form, input.rights, input.sent, input.held);
  if (problems.length > 0) throw hallErrors.form_invalid({}, { fields: problems });
  const found: FieldProblem[] = [];
  await checkReferences(context, input.form, values, found);
  await checkNames(context, actor, input.form, values, input.held, found);
  const secrets = await takeSecrets(context, input, values, found);
  if (found.length > 0) throw hallErrors.form_invalid({}, { fields: found });
  return { values, secrets, attachments: attachmentIds(input.form, values) };
}

async function checkReferences(
  { directory, db }: HallContext,
  form: Form,
  values: FormValues,
  found: FieldProblem[],
): Promise<void> {
  for (const { path, value } of valuesOfType(form, values, ['unit'])) {
    const unit = typeof value === 'number' ? await directory.findUnit(db, value) : undefined;
    if (!unit || unit.is_default) found.push({ field: path, code: directoryErrors.unknown_unit.code });
  }
  for (const { path, value } of valuesOfType(form, values, ['person', 'people'])) {
    const ids = (Array.isArray(value) ? value : [value]).filter((id): id is number => typeof id === 'number');
    const rows = await directory.accounts.findMany(db, ids);
    const usable = rows.filter((row) => row.kind === 'person' && row.state === 'active');
    if (usable.length !== ids.length) found.push({ field: path, code: directoryErrors.unknown_person.code });
  }
}

async function checkNames(
  { directory }: HallContext,
  _actor: Actor,
  form: Form,
  values: FormValues,
  held: FormValues,
  found: FieldProblem[],
): Promise<void> {
  const before = new Set([...valuesOfType(form, held, ['mailbox_name'])].map((entry) => entry.value));
  const seen = new Set<string>();
  for (const { path, value } of valuesOfType(form, values, ['mailbox_name'])) {
    const name = String(value).trim().toLowerCase();
    if (seen.has(name)) found.push({ field: path, code: hallErrors.duplicate_name.code, params: { name } });
    seen.add(name);
    // What an approver leaves as it was is not his to be stopped by.
    if (before.has(value)) continue;
    const verdict = await directory.accounts.whyNot(name);
    if (verdict) found.push({ field: path, code: verdict.code, params: verdict.params });
  }
}

/** Replaces each typed secret by a mark and hashes it: from here on nothing holds its text. */
async function takeSecrets(
  { passwords, db }: HallContext,
  input: { form: Form; caseId?: string },
  values: FormValues,
  found: FieldProblem[],
): Promise<PendingSecret[]> {
  const pending: PendingSecret[] = [];
  for (const { path, value, row } of valuesOfType(input.form, values, ['secret'])) {
    if (typeof value !== 'string') {
      const id = keptId(value);
      const kept =
        id !== undefined &&
        input.caseId !== undefined &&
        (await passwords.hasFormSecret(db, input.caseId, id));
      if (!kept) found.push({ field: path, code: hallErrors.bad_secret.code });
      continue;
    }
    const name = typeof row?.['name'] === 'string' ? row['name'] : '';
    try {
      passwords.check(value, name === '' ? {} : { account: name }, path);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      found.push(...error.fields.slice(0, 1));
      continue;
    }
    pending.push({ path, hash: await passwords.hashSecret(value) });
    setAt(values, path, { set: true, id: '' });
  }
  return pending;
}

export function keptId(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : undefined;
}

/** Stores the hashes under their case and puts the references into the values. */
export async function keepSecrets(
  { passwords }: HallContext,
  tx: Parameters<HallContext['passwords']['keepFormSecret']>[0],
  caseId: string,
  form: Form,
  checked: CheckedValues,
): Promise<void> {
  for (const { path, hash } of checked.secrets) {
    setAt(checked.values, path, { set: true, id: await passwords.keepFormSecret(tx, caseId, hash) });
  }
  await passwords.purgeFormSecrets(tx, caseId, secretIds(form, checked.values));
}

export function secretIds(form: Form, values: FormValues): string[] {
  return [...valuesOfType(form, values, ['secret'])]
    .map((entry) => keptId(entry.value))
    .filter((id) => id !== undefined);
}

/** `passwords.0.password` within the values, which are plain JSON of our own making. */
function setAt(values: FormValues, path: string, value: unknown): void {
  const [field = '', index, column] = path.split('.');
  if (index === undefined || column === undefined) {
    values[field] = value;
    return;
  }
  const rows: unknown = values[field];
  if (!Array.isArray(rows)) return;
  values[field] = rows.map((row: unknown, position) =>
    position === Number(index) && typeof row === 'object' && row !== null ? { ...row, [column]: value } : row,
  );
}

/** What the process may look at: everything but secrets. */
export function factsOf(form: Form, values: FormValues): Record<string, unknown> {
  const facts: Record<string, unknown> = structuredClone(values);
  for (const { path } of valuesOfType(form, values, ['secret'])) {
    const [field = '', index, column] = path.split('.');
    if (index === undefined) delete facts[field];
    else {
      const rows: unknown = facts[field];
      const row: unknown = Array.isArray(rows) ? rows[Number(index)] : undefined;
      if (typeof row === 'object' && row !== null && column !== undefined)
        Reflect.deleteProperty(row, column);
    }
  }
  return facts;
}

function attachmentIds(form: Form, values: FormValues): string[] {
  const ids: string[] = [];
  for (const { value } of valuesOfType(form, values, ['attachments'])) {
    if (!Array.isArray(value)) continue;
    for (const item of value) {
      const id = keptId(item);
      if (id !== undefined) ids.push(id);
    }
  }
  return ids;
}

/** Drafts and previews never hold secrets, whatever a client sends. */
export function withoutSecrets(form: Form, values: FormValues): FormValues {
  const known = new Set(form.groups.flatMap((group) => group.fields.map((field) => field.key)));
  const clean = Object.fromEntries(Object.entries(values).filter(([key]) => known.has(key)));
  return factsOf(form, clean);
}
