import type { Me, UpdateMe } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Segmented, Select } from 'antd';
import { api, messageOf } from '../kit/api.ts';
import { meQuery, useMe } from '../kit/session.ts';
import { setLanguage, useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { setTheme } from '../kit/theme-choice.ts';
import { texts } from './texts.ts';

const zones = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }));

export function Preferences() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const me = useMe();
  const client = useQueryClient();
  const { message } = App.useApp();
  const save = useMutation({
    mutationFn: (change: UpdateMe) => api.patch<Me>('/me', change),
    onSuccess: async (_, change) => {
      if (change.theme) setTheme(change.theme);
      if (change.locale) await setLanguage(change.locale);
      else if (change.locale === null) {
        await setLanguage(navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');
      }
      await client.invalidateQueries({ queryKey: meQuery.queryKey });
      message.success(tc('saved'));
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <section className="card settings">
      <div>
        <span>{t('language')}</span>
        <Segmented<'browser' | 'zh-CN' | 'en'>
          aria-label={t('language')}
          value={me.locale ?? 'browser'}
          options={[
            { value: 'browser', label: t('asBrowser') },
            { value: 'zh-CN', label: t('chinese') },
            { value: 'en', label: t('english') },
          ]}
          onChange={(value) => save.mutate({ locale: value === 'browser' ? null : value })}
        />
      </div>
      <div>
        <span>{t('theme')}</span>
        <Segmented<Me['theme']>
          aria-label={t('theme')}
          value={me.theme}
          options={[
            { value: 'system', label: t('system') },
            { value: 'light', label: t('light') },
            { value: 'dark', label: t('dark') },
          ]}
          onChange={(theme) => save.mutate({ theme })}
        />
      </div>
      <div>
        <span>{t('timeZone')}</span>
        <Select
          showSearch
          aria-label={t('timeZone')}
          className="settings-zone"
          value={me.timeZone}
          options={zones}
          onChange={(timeZone) => save.mutate({ timeZone })}
        />
      </div>
    </section>
  );
}
