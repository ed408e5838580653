import type { Directory } from '../directory/index.ts';
import type { Queryable } from '../kit/db/index.ts';
import { type Definition, type Facts, type Rule, rulesOf } from './engine/definition.ts';
import { type RuleAnswer, ruleKey, type Snapshot } from './engine/people.ts';

/** Asks the directory for every rule of a definition, so that the engine itself needs nobody. */
export async function takeSnapshot(
  directory: Directory,
  db: Queryable,
  definition: Definition,
  initiatorId: number,
  facts: Facts,
): Promise<Snapshot> {
  const answers = new Map<string, RuleAnswer>();
  for (const rule of rulesOf(definition)) {
    const key = ruleKey(rule);
    if (!answers.has(key)) answers.set(key, await answer(directory, db, rule, initiatorId, facts));
  }
  const asked = [...answers.values()].flatMap((entry) => [...entry.ids, ...(entry.chain ?? [])]);
  const able = await usable(
    directory,
    db,
    asked.filter((id) => id !== null),
  );
  for (const entry of answers.values()) {
    entry.ids = entry.ids.filter((id) => able.has(id));
    if (entry.chain) entry.chain = entry.chain.map((id) => (id !== null && able.has(id) ? id : null));
  }
  return { answers, administrators: await directory.administrators.institutionWide(db) };
}

async function answer(
  directory: Directory,
  db: Queryable,
  rule: Rule,
  initiatorId: number,
  facts: Facts,
): Promise<RuleAnswer> {
  switch (rule.kind) {
    case 'people':
      return { ids: [...rule.ids] };
    case 'initiator':
      return { ids: [initiatorId] };
    case 'administrators':
      return { ids: await directory.administrators.institutionWide(db) };
    case 'field':
      return { ids: idsOf(facts[rule.field]) };
    case 'unit_head': {
      const unitId = await unitOf(directory, db, rule.unit, initiatorId, facts);
      const chain =
        unitId === undefined ? [] : (await directory.headsUpwards(db, unitId)).map((unit) => unit.head_id);
      return { ids: [], chain };
    }
  }
}

async function unitOf(
  directory: Directory,
  db: Queryable,
  unit: Extract<Rule, { kind: 'unit_head' }>['unit'],
  initiatorId: number,
  facts: Facts,
): Promise<number | undefined> {
  switch (unit.of) {
    case 'initiator':
      return (await directory.accounts.find(db, initiatorId))?.unit_id;
    case 'field':
      return idsOf(facts[unit.field])[0];
    case 'path':
      return (await directory.findUnitByPath(db, unit.path))?.id;
  }
}

function idsOf(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is number => Number.isSafeInteger(item));
}

/** People who can sign in now: a disabled or departed approver would let the case stick. */
async function usable(directory: Directory, db: Queryable, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await directory.accounts.findMany(db, [...new Set(ids)]);
  return new Set(rows.filter((row) => row.kind === 'person' && row.state === 'active').map((row) => row.id));
}
