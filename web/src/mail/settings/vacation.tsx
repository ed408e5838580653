import type { MailRulesView } from '@hongyan/contract';
import { Button, DatePicker, Input, Switch } from 'antd';
import dayjs from 'dayjs';
import { useId, useState } from 'react';
import { Area } from '../../kit/area.tsx';
import { usePhone } from '../../kit/screen.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { useSaveRules } from './queries.ts';
import { settingsTexts } from './texts.ts';

export function VacationForm({ account, view }: { account: number; view: MailRulesView }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const phone = usePhone();
  const before = view.rules.vacation;
  const [rule, setRule] = useState(before);
  const [from, setFrom] = useState(before.from);
  const [until, setUntil] = useState(before.until);
  const save = useSaveRules(account, view);
  const submit = () => {
    const { enabled, subject, text } = rule;
    // A text that was changed here is the one that counts, so a formatted version of the old one goes.
    const html = text === before.text ? rule.html : undefined;
    save.mutate({
      vacation: {
        enabled,
        subject,
        text,
        ...(html === undefined ? {} : { html }),
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
      },
    });
  };
  return (
    <form
      className="card own-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="quiet">{t('vacationAbout')}</p>
      <div className="own-switch">
        <Switch
          id={`${id}-on`}
          checked={rule.enabled}
          onChange={(enabled) => setRule({ ...rule, enabled })}
        />
        <label htmlFor={`${id}-on`}>{t('vacationOn')}</label>
      </div>
      <div className="own-pair">
        <div className="own-field">
          <label htmlFor={`${id}-from`}>{t('vacationFrom')}</label>
          <DatePicker
            id={`${id}-from`}
            className="own-when"
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            placeholder={t('chooseTime')}
            inputReadOnly={phone}
            value={from === undefined ? null : dayjs(from)}
            onChange={(next) => setFrom(next?.toISOString())}
          />
        </div>
        <div className="own-field">
          <label htmlFor={`${id}-until`}>{t('vacationUntil')}</label>
          <DatePicker
            id={`${id}-until`}
            className="own-when"
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            placeholder={t('chooseTime')}
            inputReadOnly={phone}
            value={until === undefined ? null : dayjs(until)}
            onChange={(next) => setUntil(next?.toISOString())}
          />
        </div>
      </div>
      <p className="quiet">{t('vacationDatesHint')}</p>
      <div className="own-field">
        <label htmlFor={`${id}-subject`}>{t('subject')}</label>
        <Input
          id={`${id}-subject`}
          maxLength={200}
          value={rule.subject}
          onChange={(event) => setRule({ ...rule, subject: event.target.value })}
        />
        <p className="quiet">{t('subjectHint')}</p>
      </div>
      <div className="own-field">
        <label htmlFor={`${id}-text`}>{t('text')}</label>
        <Area
          id={`${id}-text`}
          rows={6}
          maxLength={10_000}
          value={rule.text}
          onChange={(event) => setRule({ ...rule, text: event.target.value })}
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
