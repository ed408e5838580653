import type { ApplicationPreview, Applied, Form, FormValues, ServicePage } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button, Result, Steps } from 'antd';
import { useMemo, useState } from 'react';
import { api, messageOf } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { useMe } from '../kit/session.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { useTexts } from '../kit/texts.ts';
import { friendlyTime } from '../kit/time.ts';
import { FlowStrip } from './flow-strip.tsx';
import { checkForm } from './forms/check.ts';
import { FormEdit, type Problems } from './forms/form-edit.tsx';
import { FormView } from './forms/form-view.tsx';
import { problemsOf } from './forms/problems.ts';
import { toSend } from './forms/values.ts';
import { useService } from './service.tsx';
import { texts } from './texts.ts';
import { useDraft } from './use-draft.ts';
import './apply.css';

export function ApplyPage() {
  const t = useTexts(texts);
  const { key } = useParams({ from: '/hall/s/$key/apply' });
  const service = useService(key);
  usePageTitle(service.data?.card.name ?? t('apply'));
  return (
    <div className="page page-narrow">
      <Loaded query={service} rows={12}>
        {(page) =>
          page.form ? (
            <Application page={page} form={page.form} />
          ) : (
            <Empty title={t('notOnline')} more={t('notOnlineMore')} />
          )
        }
      </Loaded>
    </div>
  );
}

function useNames(page: ServicePage) {
  const me = useMe();
  return useMemo(() => {
    const names = new Map([...Object.entries(page.names ?? {}), [`person:${me.id}`, me.name]]);
    if (me.unit) names.set(`unit:${me.unit.id}`, me.unit.name);
    return names;
  }, [me, page.names]);
}

function Application({ page, form }: { page: ServicePage; form: Form }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const names = useNames(page);
  const presets = page.presets ?? {};
  const [values, setValues] = useState<FormValues>({ ...presets, ...page.draft?.values });
  const [changed, setChanged] = useState(false);
  const [problems, setProblems] = useState<Problems>(new Map());
  const [preview, setPreview] = useState<ApplicationPreview>();
  const [applied, setApplied] = useState<Applied>();
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const [tab, setTab] = useState<'fill' | 'preview'>('fill');
  const draft = useDraft(page.card.key, form, values, changed && !applied);
  const path = `/hall/services/${encodeURIComponent(page.card.key)}`;
  const sent = () => toSend(form, values, page.rights);

  const refused = (error: unknown) => {
    const found = problemsOf(error);
    setProblems(found);
    setPreview(undefined);
    setTab('fill');
    if (found.size === 0) message.error(messageOf(error));
    scrollTo({ top: 0 });
  };
  const ask = useMutation({
    mutationFn: () => api.post<ApplicationPreview>(`${path}/preview`, { values: sent() }),
    onSuccess: (answer) => {
      setPreview(answer);
      scrollTo({ top: 0 });
    },
    onError: refused,
  });
  const submit = useMutation({
    mutationFn: () => api.post<Applied>(`${path}/applications`, { values: sent(), requestKey }),
    onSuccess: (answer) => {
      draft.stop();
      setApplied(answer);
      scrollTo({ top: 0 });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['hall'] });
    },
    onError: (error) => {
      setRequestKey(crypto.randomUUID());
      refused(error);
    },
  });

  const change = (next: FormValues) => {
    setValues(next);
    setChanged(true);
    if (problems.size > 0)
      setProblems(new Map([...problems].filter(([key]) => stillWrong(key, next, values))));
  };
  const next = () => {
    const found = checkForm(form, values, page.rights);
    setProblems(found);
    if (found.size > 0) {
      setTab('fill');
      scrollTo({ top: 0 });
    } else ask.mutate();
  };
  const clear = async () => {
    await api.delete(`${path}/draft`).catch(() => undefined);
    setValues(presets);
    setChanged(false);
    setProblems(new Map());
    await client.invalidateQueries({ queryKey: ['hall', 'service', page.card.key] });
  };

  if (applied) return <Submitted applied={applied} />;
  const shownDraft = draft.state !== 'none' ? draft.state : page.draft ? 'found' : 'none';
  return (
    <>
      <header className="apply-head">
        <h1>{page.card.name}</h1>
        <Steps
          size="small"
          responsive={false}
          current={preview ? 1 : 0}
          items={[{ title: t('stepFill') }, { title: t('stepPreview') }, { title: t('stepDone') }]}
        />
      </header>
      {preview ? (
        <>
          <FormView form={form} values={values} rights={page.rights} names={names} />
          <section className="card apply-flow">
            <div className="card-head">
              <h2>{t('previewFlow')}</h2>
            </div>
            <FlowStrip steps={preview.flow} />
          </section>
        </>
      ) : (
        <Tabs
          label={page.card.name}
          active={tab}
          onChange={setTab}
          items={[
            {
              key: 'fill',
              label: t('tabFill'),
              content: (
                <FormEdit
                  form={form}
                  values={values}
                  rights={page.rights}
                  names={names}
                  problems={problems}
                  onChange={change}
                />
              ),
            },
            {
              key: 'preview',
              label: t('tabPreview'),
              content: <FormView form={form} values={values} rights={page.rights} names={names} />,
            },
          ]}
        />
      )}
      <div className="action-bar">
        <span className="action-note" aria-live="polite">
          {shownDraft === 'saving' && t('draftSaving')}
          {shownDraft === 'failed' && t('draftFailed')}
          {shownDraft === 'saved' && draft.savedAt && t('draftSaved', { time: friendlyTime(draft.savedAt) })}
          {shownDraft === 'found' &&
            page.draft &&
            t('draftFound', { time: friendlyTime(page.draft.savedAt) })}
          {!preview && shownDraft !== 'none' && (
            <Button type="link" size="small" onClick={() => void clear()}>
              {t('draftClear')}
            </Button>
          )}
        </span>
        {preview ? (
          <>
            <Button size="large" onClick={() => setPreview(undefined)}>
              {t('previous')}
            </Button>
            <Button type="primary" size="large" loading={submit.isPending} onClick={() => submit.mutate()}>
              {t('submit')}
            </Button>
          </>
        ) : (
          <Button type="primary" size="large" loading={ask.isPending} onClick={next}>
            {t('next')}
          </Button>
        )}
      </div>
    </>
  );
}

/** A problem goes away as soon as its field is touched. */
function stillWrong(path: string, next: FormValues, before: FormValues): boolean {
  const key = path.split('.')[0] ?? '';
  return next[key] === before[key];
}

function Submitted({ applied }: { applied: Applied }) {
  const t = useTexts(texts);
  return (
    <Result
      status="success"
      title={t('submitted')}
      subTitle={t('submittedMore', { number: applied.number })}
      extra={[
        <Link key="case" to="/cases/$id" params={{ id: applied.caseId }}>
          <Button type="primary">{t('seeCase')}</Button>
        </Link>,
        <Link key="hall" to="/hall">
          <Button>{t('backToHall')}</Button>
        </Link>,
      ]}
    />
  );
}
