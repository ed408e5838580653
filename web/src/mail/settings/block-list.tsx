import type { MailRulesView } from '@hongyan/contract';
import { Button, Radio } from 'antd';
import { useId, useState } from 'react';
import { Area } from '../../kit/area.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { linesOf, useSaveRules } from './queries.ts';
import { settingsTexts } from './texts.ts';

export function BlockListForm({ account, view }: { account: number; view: MailRulesView }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const before = view.rules.blocked;
  const [text, setText] = useState(before.senders.join('\n'));
  const [action, setAction] = useState(before.action);
  const save = useSaveRules(account, view);
  return (
    <form
      className="card own-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ blocked: { senders: linesOf(text), action } });
      }}
    >
      <p className="quiet">{t('blockedAbout')}</p>
      <div className="own-field">
        <label htmlFor={`${id}-who`}>{t('blockedSenders')}</label>
        <Area id={`${id}-who`} rows={8} value={text} onChange={(event) => setText(event.target.value)} />
        <p className="quiet">{t('blockedHint')}</p>
      </div>
      <div className="own-field">
        <span id={`${id}-what`}>{t('blockedAction')}</span>
        <Radio.Group
          aria-labelledby={`${id}-what`}
          value={action}
          options={[
            { value: 'junk', label: t('toJunk') },
            { value: 'discard', label: t('toNowhere') },
          ]}
          onChange={(event) => setAction(event.target.value === 'discard' ? 'discard' : 'junk')}
        />
      </div>
      <div>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!view.mayChange}>
          {tc('save')}
        </Button>
      </div>
    </form>
  );
}
