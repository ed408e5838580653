import type { MailSettingSections } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../kit/api.ts';
import { Loaded } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { useTexts } from '../../kit/texts.ts';
import { settingSections } from './fields.ts';
import { SectionForm } from './section-form.tsx';
import { settingTexts } from './texts.ts';
import './mail-settings.css';

/** 邮件设置: one tab a section. */
export default function MailSettingsPage() {
  const t = useTexts(settingTexts);
  const settings = useQuery({
    queryKey: ['console', 'mail-settings'],
    queryFn: () => api.get<MailSettingSections>('/console/mail-settings'),
  });
  return (
    <Loaded query={settings}>
      {({ sections }) => (
        <Tabs
          label={t('title')}
          items={settingSections.map((section) => ({
            key: section.key,
            label: t(section.title),
            content: (
              <SectionForm
                key={section.key}
                section={section}
                value={sections.find((one) => one.key === section.key)?.value ?? {}}
              />
            ),
          }))}
        />
      )}
    </Loaded>
  );
}
