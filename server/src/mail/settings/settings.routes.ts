import { Done, type MailSettingKey, MailSettingSections, mailSettings } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { SettingsConsole } from './settings.service.ts';

/** One PUT a section, each with its own schema, so that a wrong value is an error at its field. */
export function settingsRoutes(http: Routes, console: SettingsConsole): void {
  http.get(
    '/api/v1/console/mail-settings',
    { schema: { response: { 200: MailSettingSections } } },
    (request) => console.list(requireActor(request)),
  );
  for (const key of console.keys) sectionRoute(http, console, key);
}

function sectionRoute(http: Routes, console: SettingsConsole, key: MailSettingKey): void {
  http.put(
    `/api/v1/console/mail-settings/${key}`,
    { schema: { body: mailSettings[key], response: { 200: Done } } },
    async (request) => {
      await console.change(requireActor(request), key, request.body);
      return { ok: true } as const;
    },
  );
}
