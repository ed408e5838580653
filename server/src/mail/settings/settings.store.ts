import { many, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface SettingRow {
  key: string;
  value: unknown;
}

export function findSettings(db: Queryable): Promise<SettingRow[]> {
  return many(db, sql<SettingRow>`select key, value from mail.setting`);
}

/** jsonb refuses half of a surrogate pair. */
function jsonOf(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed() : part,
  );
}

export async function saveSetting(db: Queryable, key: string, value: object, now: Date): Promise<void> {
  await run(
    db,
    sql`insert into mail.setting (key, value, changed_at) values (${key}, ${jsonOf(value)}::jsonb, ${now})
        on conflict (key) do update set value = excluded.value, changed_at = excluded.changed_at`,
  );
}
