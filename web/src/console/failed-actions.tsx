import type { CasePage, FailedAction, FormValues } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Drawer, Modal } from 'antd';
import { useState } from 'react';
import { FormEdit } from '../hall/forms/form-edit.tsx';
import { problemsOf } from '../hall/forms/problems.ts';
import { withoutSecrets } from '../hall/forms/values.ts';
import { api, list, messageOf } from '../kit/api.ts';
import { Area } from '../kit/area.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { friendlyTime } from '../kit/time.ts';
import { texts } from './texts.ts';

/** An automatic step that failed waits here: try again, correct and try again, or go on without it. */
export default function FailedActions() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [fixing, setFixing] = useState<FailedAction>();
  const [skipping, setSkipping] = useState<FailedAction>();
  const failed = useQuery({
    queryKey: ['console', 'failed-actions'],
    queryFn: () => list<FailedAction>('/console/failed-actions'),
  });
  const retry = useMutation({
    mutationFn: (id: string) => api.post(`/console/failed-actions/${encodeURIComponent(id)}/retry`, {}),
    onSuccess: () => message.success(t('retried')),
    onError: (error) => message.error(messageOf(error)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['console'] }),
  });
  return (
    <Loaded query={failed}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('failedEmpty')} more={t('failedEmptyMore')} />
        ) : (
          <>
            <ul className="failed">
              {items.map((one) => (
                <li key={one.id} className="card">
                  <div>
                    <strong>{one.step}</strong>
                    <p className="failed-message">{one.message}</p>
                    <p className="quiet">
                      <Link to="/cases/$id" params={{ id: one.caseId }}>
                        {one.title}
                      </Link>{' '}
                      · {friendlyTime(one.time)} · {t('attemptsSo', { count: one.attempts })}
                    </p>
                  </div>
                  <div className="failed-actions">
                    <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate(one.id)}>
                      {t('retry')}
                    </Button>
                    <Button onClick={() => setFixing(one)}>{t('fix')}</Button>
                    <Button onClick={() => setSkipping(one)}>{t('skip')}</Button>
                  </div>
                </li>
              ))}
            </ul>
            {fixing && <Fix key={fixing.id} action={fixing} close={() => setFixing(undefined)} />}
            {skipping && <Skip action={skipping} close={() => setSkipping(undefined)} />}
          </>
        )
      }
    </Loaded>
  );
}

function Fix({ action, close }: { action: FailedAction; close: () => void }) {
  const t = useTexts(texts);
  const page = useQuery({
    queryKey: ['case', action.caseId],
    queryFn: () => api.get<CasePage>(`/cases/${encodeURIComponent(action.caseId)}`),
  });
  return (
    <Drawer open size={640} title={t('fix')} onClose={close}>
      <Loaded query={page}>{(data) => <FixForm action={action} page={data} close={close} />}</Loaded>
    </Drawer>
  );
}

function FixForm({ action, page, close }: { action: FailedAction; page: CasePage; close: () => void }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [values, setValues] = useState<FormValues>(page.values);
  const retry = useMutation({
    mutationFn: () =>
      api.post(`/console/failed-actions/${encodeURIComponent(action.id)}/retry`, {
        values: withoutSecrets(page.form, values),
      }),
    onSuccess: () => {
      message.success(t('retried'));
      void client.invalidateQueries({ queryKey: ['console'] });
      close();
    },
    onError: (error) => {
      if (problemsOf(error).size === 0) message.error(messageOf(error));
    },
  });
  return (
    <>
      <FormEdit
        form={page.form}
        values={values}
        rights={{ rest: 'write', fields: {} }}
        names={new Map(Object.entries(page.names))}
        problems={problemsOf(retry.error)}
        onChange={setValues}
      />
      <div className="drawer-foot">
        <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
          {t('retry')}
        </Button>
      </div>
    </>
  );
}

function Skip({ action, close }: { action: FailedAction; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [reason, setReason] = useState('');
  const skip = useMutation({
    mutationFn: () =>
      api.post(`/console/failed-actions/${encodeURIComponent(action.id)}/skip`, { reason: reason.trim() }),
    onSuccess: () => {
      message.success(t('skipped'));
      void client.invalidateQueries({ queryKey: ['console'] });
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <Modal
      open
      title={t('skipAsk')}
      okText={t('skip')}
      cancelText={tc('cancel')}
      okButtonProps={{ danger: true, disabled: !reason.trim(), loading: skip.isPending }}
      onCancel={close}
      onOk={() => skip.mutate()}
    >
      <p className="quiet">{t('skipMore')}</p>
      <Area
        autoFocus
        aria-label={t('reason')}
        placeholder={t('reason')}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Modal>
  );
}
