import type { MailRulesView } from '@hongyan/contract';
import { Button, Checkbox, Switch } from 'antd';
import { useId, useState } from 'react';
import { Area } from '../../kit/area.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { isAddress, linesOf, useSaveRules } from './queries.ts';
import { settingsTexts } from './texts.ts';

export function ForwardingForm({ account, view }: { account: number; view: MailRulesView }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const before = view.rules.forwarding;
  const [enabled, setEnabled] = useState(before.enabled);
  const [keepCopy, setKeepCopy] = useState(before.keepCopy);
  const [text, setText] = useState(before.addresses.join('\n'));
  const save = useSaveRules(account, view);
  const addresses = linesOf(text);
  const wrong = addresses.find((address) => !isAddress(address));
  return (
    <form
      className="card own-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === undefined) save.mutate({ forwarding: { enabled, addresses, keepCopy } });
      }}
    >
      <p className="quiet">{t('forwardingAbout')}</p>
      <div className="own-switch">
        <Switch id={`${id}-on`} checked={enabled} onChange={setEnabled} />
        <label htmlFor={`${id}-on`}>{t('forwardingOn')}</label>
      </div>
      <div className="own-field">
        <label htmlFor={`${id}-to`}>{t('forwardTo')}</label>
        <Area
          id={`${id}-to`}
          rows={3}
          value={text}
          status={wrong === undefined ? '' : 'error'}
          onChange={(event) => setText(event.target.value)}
        />
        {wrong !== undefined && (
          <p className="own-wrong" role="alert">
            {t('badAddress', { address: wrong })}
          </p>
        )}
        <p className="quiet">
          {t('forwardToHint')}
          {!view.mayForwardOutside && t('insideOnly')}
        </p>
      </div>
      <Checkbox checked={keepCopy} onChange={(event) => setKeepCopy(event.target.checked)}>
        {t('keepCopy')}
      </Checkbox>
      <div>
        <Button
          type="primary"
          htmlType="submit"
          loading={save.isPending}
          disabled={!view.mayChange || wrong !== undefined}
        >
          {tc('save')}
        </Button>
      </div>
    </form>
  );
}
