import { type MailSettingKey, type MailSettings, mailSettings } from '@hongyan/contract';
import { Value } from 'typebox/value';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { findSettings } from './settings.store.ts';

export const SETTINGS_CHANGED = 'mail-settings';

/** Typed settings of the mail service, in memory: reading costs no query until somebody changes one. */
export interface Settings {
  get<K extends MailSettingKey>(key: K): Promise<MailSettings[K]>;
  /** All sections of one moment. */
  all(): Promise<MailSettings>;
  /** The next read goes to the database, as after a change. */
  forget(): void;
}

export function createSettings(parts: { db: Db; signals: Signals; log: Logger }): Settings {
  const { db, signals, log } = parts;
  let cached: Promise<MailSettings> | undefined;
  const forget = () => {
    cached = undefined;
  };
  signals.on(SETTINGS_CHANGED, forget);

  async function load(): Promise<MailSettings> {
    const rows = new Map((await findSettings(db)).map((row) => [row.key, row.value]));
    return readSettings(rows, (key) =>
      log.error({ key }, 'a mail setting cannot be read; its defaults hold'),
    );
  }

  const all = () => {
    if (cached) return cached;
    const loading = load();
    cached = loading;
    // A database that is away must not be remembered.
    loading.catch(() => {
      if (cached === loading) cached = undefined;
    });
    return loading;
  };
  return { all, forget, get: async (key) => (await all())[key] };
}

/** Stored values over defaults; a section that no longer fits its schema falls back as a whole. */
export function readSettings(
  rows: ReadonlyMap<string, unknown>,
  onBad: (key: MailSettingKey) => void,
): MailSettings {
  const read = <K extends MailSettingKey>(key: K): MailSettings[K] => {
    const schema = mailSettings[key];
    const merged = Value.Default(schema, Value.Clone(rows.get(key) ?? {}));
    if (Value.Check(schema, merged)) return merged as MailSettings[K];
    onBad(key);
    return Value.Create(schema) as MailSettings[K];
  };
  return {
    authentication: read('authentication'),
    greylist: read('greylist'),
    dnsLists: read('dnsLists'),
    limits: read('limits'),
    hygiene: read('hygiene'),
    scanners: read('scanners'),
    quarantine: read('quarantine'),
    dmarcReports: read('dmarcReports'),
    forwarding: read('forwarding'),
    signing: read('signing'),
    sending: read('sending'),
    footer: read('footer'),
    delivery: read('delivery'),
    trace: read('trace'),
    clients: read('clients'),
  };
}
