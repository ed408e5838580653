import type { MailRulesView } from '@hongyan/contract';
import { Button, Input, Switch } from 'antd';
import { useId, useState } from 'react';
import { Area } from '../../kit/area.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { useSaveRules } from './queries.ts';
import { settingsTexts } from './texts.ts';

/** What `datetime-local` shows: the reader's own time. */
function localTime(instant: string | undefined): string {
  if (instant === undefined) return '';
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function VacationForm({ account, view }: { account: number; view: MailRulesView }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const before = view.rules.vacation;
  const [rule, setRule] = useState(before);
  const [from, setFrom] = useState(localTime(before.from));
  const [until, setUntil] = useState(localTime(before.until));
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
        ...(from === '' ? {} : { from: new Date(from).toISOString() }),
        ...(until === '' ? {} : { until: new Date(until).toISOString() }),
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
          <Input
            id={`${id}-from`}
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        </div>
        <div className="own-field">
          <label htmlFor={`${id}-until`}>{t('vacationUntil')}</label>
          <Input
            id={`${id}-until`}
            type="datetime-local"
            value={until}
            min={from}
            onChange={(event) => setUntil(event.target.value)}
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
