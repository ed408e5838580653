import { type MailSettingKey, type MailSettings, mailSettings } from '@hongyan/contract';
import { Value } from 'typebox/value';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { saveSetting } from './settings.store.ts';
import { SETTINGS_CHANGED, type Settings } from './settings.ts';

export type SettingsConsole = ReturnType<typeof createSettingsConsole>;

/** The mail settings as administrators of the institution see and change them. */
export function createSettingsConsole(parts: {
  db: Db;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  signals: Signals;
  settings: Settings;
}) {
  const { db, clock, audit, directory, signals, settings } = parts;
  return {
    async list(actor: Actor): Promise<{ sections: { key: string; value: Record<string, unknown> }[] }> {
      requireInstitutionWide(await directory.authority(actor));
      const values = await settings.all();
      return { sections: Object.entries(values).map(([key, value]) => ({ key, value: { ...value } })) };
    },
    /** `value` is the whole section; the route's schema names what is wrong with it. */
    async change(actor: Actor, key: MailSettingKey, value: unknown): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      if (!isSection(key, value)) throw commonErrors.invalid();
      await transaction(db, async (tx) => {
        await saveSetting(tx, key, value, clock.now());
        await audit.record(tx, actor, { action: 'mail_setting.change', target: key });
        afterCommit(tx, () => signals.send(SETTINGS_CHANGED, key));
      });
    },
    keys: Object.keys(mailSettings).filter((key): key is MailSettingKey => key in mailSettings),
  };
}

function isSection<K extends MailSettingKey>(key: K, value: unknown): value is MailSettings[K] {
  return Value.Check(mailSettings[key], value);
}
