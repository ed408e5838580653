import { ConsoleHome, OutboxSms } from '@hongyan/contract';
import Type from 'typebox';
import { type Directory, requireAdministrator, requireInstitutionWide } from '../directory/index.ts';
import { commonErrors, type Locale } from '../kit/errors/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import { say } from '../kit/i18n/index.ts';

/** What the home page asks of other modules; wire.ts fills it. */
export interface ConsoleSources {
  directory: Directory;
  mail(): Promise<{ queued: number; today: number; storage_bytes: number }>;
  casesRunning(): Promise<number>;
  failedActions(): Promise<number>;
  selfMadeCertificate: boolean;
  /** Lines of the console SMS provider; undefined when there is none. */
  smsOutbox: (() => Promise<{ time: string; to: string; template: string; text: string }[]>) | undefined;
}

export function consoleRoutes(http: Routes, sources: ConsoleSources): void {
  const { directory } = sources;
  http.get('/api/v1/console/home', { schema: { response: { 200: ConsoleHome } } }, async (request) => {
    const actor = requireActor(request);
    requireInstitutionWide(await directory.authority(actor));
    const institution = await directory.institution.find();
    if (!institution) throw commonErrors.not_found();
    const figures = await directory.institution.figures();
    const mail = await sources.mail();
    return {
      institution: institution.name,
      createdAt: institution.created_at.toISOString(),
      people: figures.people,
      mailboxes: figures.mailboxes,
      units: figures.units,
      unitMailboxes: figures.unit_mailboxes,
      storageBytes: mail.storage_bytes,
      queued: mail.queued,
      mailToday: mail.today,
      casesRunning: await sources.casesRunning(),
      warnings: await warnings(sources, actor.locale),
    };
  });
  http.get(
    '/api/v1/console/outbox/sms',
    { schema: { response: { 200: Type.Array(OutboxSms) } } },
    async (request) => {
      const authority = await directory.authority(requireActor(request));
      requireAdministrator(authority);
      requireInstitutionWide(authority);
      if (!sources.smsOutbox) throw commonErrors.not_found();
      return sources.smsOutbox();
    },
  );
}

async function warnings(sources: ConsoleSources, locale: Locale): Promise<{ text: string; link?: string }[]> {
  const list: { text: string; link?: string }[] = [];
  const failed = await sources.failedActions();
  if (failed > 0) {
    const text = {
      zh: `有 ${failed} 个自动步骤失败，等待处理`,
      en: `${failed} automatic steps failed and wait for you`,
    };
    list.push({ text: say(text, locale), link: '/console/failed-actions' });
  }
  if (sources.selfMadeCertificate) {
    const text = {
      zh: '正在使用自签名证书，邮件客户端会提示不受信任',
      en: 'The certificate is self-made; mail programs will not trust it',
    };
    list.push({ text: say(text, locale) });
  }
  return list;
}
