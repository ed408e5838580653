import type { Form, FormValues } from '@hongyan/contract';
import type { Queryable } from '../kit/db/index.ts';
import { valuesOfType } from './forms/index.ts';
import type { HallContext } from './hall.context.ts';
import { peopleById } from './progress.ts';

/** The ids in values as a reader wants them: `person:12` and `unit:3` to names. */
export async function namesIn(
  context: HallContext,
  db: Queryable,
  form: Form,
  values: FormValues,
): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  const ids: number[] = [];
  for (const { value } of valuesOfType(form, values, ['person', 'people'])) {
    for (const id of Array.isArray(value) ? value : [value]) if (typeof id === 'number') ids.push(id);
  }
  for (const [id, person] of await peopleById(context, db, ids)) names[`person:${id}`] = person.name;
  for (const { value } of valuesOfType(form, values, ['unit'])) {
    const unit = typeof value === 'number' ? await context.directory.findUnit(db, value) : undefined;
    if (unit) names[`unit:${unit.id}`] = unit.path;
  }
  return names;
}
