import type { CasePage, FormValues } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState } from 'react';
import { checkForm } from '../hall/forms/check.ts';
import { FormEdit, type Problems } from '../hall/forms/form-edit.tsx';
import { FormView } from '../hall/forms/form-view.tsx';
import { problemsOf } from '../hall/forms/problems.ts';
import { toSend } from '../hall/forms/values.ts';
import { api, messageOf } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { usePhone } from '../kit/screen.ts';
import { Loaded } from '../kit/states.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { CaseColumns, CaseHead, namesOf, Results } from './case-body.tsx';
import { Progress } from './progress.tsx';
import { texts } from './texts.ts';

export function CasePageView() {
  const t = useTexts(texts);
  const { id } = useParams({ from: '/cases/$id' });
  const query = useQuery({
    queryKey: ['case', id],
    queryFn: () => api.get<CasePage>(`/cases/${encodeURIComponent(id)}`),
  });
  usePageTitle(query.data?.case.title ?? t('case'));
  return (
    <div className="page">
      <Loaded query={query} rows={12}>
        {(page) => <Case page={page} />}
      </Loaded>
    </div>
  );
}

function Case({ page }: { page: CasePage }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const phone = usePhone();
  const { message, modal } = App.useApp();
  const [editing, setEditing] = useState(false);
  const path = `/cases/${encodeURIComponent(page.case.id)}`;
  const act = useMutation({
    mutationFn: (what: 'withdraw' | 'urge') => api.post(`${path}/${what}`, {}),
    onSuccess: (_, what) => {
      message.success(t(what === 'urge' ? 'urged' : 'withdrawn_done'));
      void client.invalidateQueries({ queryKey: ['case', page.case.id] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const withdraw = () =>
    modal.confirm({
      title: t('withdrawTitle'),
      content: t('withdrawMore'),
      okText: t('withdraw'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync('withdraw').catch(() => undefined),
    });

  if (editing) return <EditAgain page={page} done={() => setEditing(false)} />;
  const actions = (
    <>
      {page.can.resend && (
        <Button type="primary" onClick={() => setEditing(true)}>
          {t('resend')}
        </Button>
      )}
      {page.can.urge && (
        <Button loading={act.isPending} onClick={() => act.mutate('urge')}>
          {t('urge')}
        </Button>
      )}
      {page.can.withdraw && (
        <Button danger onClick={withdraw}>
          {t('withdraw')}
        </Button>
      )}
    </>
  );
  return (
    <>
      <CaseHead page={page} actions={actions} />
      {phone ? (
        <Tabs
          label={page.case.title}
          items={[
            {
              key: 'progress',
              label: t('progress'),
              content: (
                <div className="case-form">
                  <Results page={page} />
                  <section className="card">
                    <Progress entries={page.progress} />
                  </section>
                </div>
              ),
            },
            {
              key: 'details',
              label: t('details'),
              content: (
                <FormView form={page.form} values={page.values} rights={page.rights} names={namesOf(page)} />
              ),
            },
          ]}
        />
      ) : (
        <CaseColumns page={page} />
      )}
    </>
  );
}

/** Sent back: the applicant edits and sends again. */
function EditAgain({ page, done }: { page: CasePage; done: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [values, setValues] = useState<FormValues>(page.values);
  const [problems, setProblems] = useState<Problems>(new Map());
  const send = useMutation({
    mutationFn: () =>
      api.put(`/cases/${encodeURIComponent(page.case.id)}/values`, {
        values: toSend(page.form, values, page.rights),
      }),
    onSuccess: async () => {
      message.success(t('resent'));
      await client.invalidateQueries({ queryKey: ['case', page.case.id] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      done();
    },
    onError: (error) => {
      const found = problemsOf(error);
      setProblems(found);
      if (found.size === 0) message.error(messageOf(error));
    },
  });
  const submit = () => {
    const found = checkForm(page.form, values, page.rights);
    setProblems(found);
    if (found.size === 0) send.mutate();
  };
  return (
    <>
      <CaseHead page={page} />
      <FormEdit
        form={page.form}
        values={values}
        rights={page.rights}
        names={namesOf(page)}
        problems={problems}
        onChange={setValues}
      />
      <div className="action-bar">
        <span className="action-note" />
        <Button size="large" onClick={done}>
          {tc('cancel')}
        </Button>
        <Button type="primary" size="large" loading={send.isPending} onClick={submit}>
          {t('sendBack')}
        </Button>
      </div>
    </>
  );
}
