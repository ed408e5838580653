import { DownOutlined } from '@ant-design/icons';
import type { Decision, FormValues, TaskPage } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { checkForm } from '../hall/forms/check.ts';
import type { Problems } from '../hall/forms/form-edit.tsx';
import { problemsOf } from '../hall/forms/problems.ts';
import { toSend } from '../hall/forms/values.ts';
import { api, messageOf } from '../kit/api.ts';
import { Area } from '../kit/area.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { RejectDialog, ReturnDialog } from './decision-dialogs.tsx';
import { texts } from './texts.ts';

/** 同意 · 驳回 · 更多: agreeing is one tap with an optional word, rejecting asks for one. */
export function DecisionBar({
  data,
  values,
  setProblems,
}: {
  data: TaskPage;
  values: FormValues | undefined;
  setProblems: (problems: Problems) => void;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [comment, setComment] = useState('');
  const [asking, setAsking] = useState<'reject' | 'return'>();
  const { task, page } = data;
  const can = (action: string) => task.actions.includes(action);

  const decide = useMutation({
    mutationFn: (decision: Decision) => api.post(`/tasks/${encodeURIComponent(task.id)}/decision`, decision),
    onSuccess: async (_, decision) => {
      message.success(t('decided', { action: t(decision.action) }));
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['counts'] });
      void client.invalidateQueries({ queryKey: ['case', page.case.id] });
      void client.invalidateQueries({ queryKey: ['hall', 'home'] });
      client.removeQueries({ queryKey: ['task', task.id] });
      await navigate({ to: '/tasks' });
    },
    onError: (error) => {
      const found = problemsOf(error);
      setProblems(found);
      setAsking(undefined);
      if (found.size === 0) message.error(messageOf(error));
      else scrollTo({ top: 0 });
    },
  });
  const word = comment.trim() ? { comment: comment.trim() } : {};
  const agree = (action: 'approve' | 'complete' | 'read') => {
    if (values) {
      const found = checkForm(page.form, values, page.rights);
      setProblems(found);
      if (found.size > 0) return scrollTo({ top: 0 });
    }
    decide.mutate({ action, ...word, ...(values && { values: toSend(page.form, values, page.rights) }) });
  };

  if (!task.open) {
    return (
      <div className="action-bar">
        <span className="action-note">{t('closed')}</span>
      </div>
    );
  }
  const agreeing = (['approve', 'complete', 'read'] as const).filter(can);
  return (
    <div className="action-bar decision">
      {!(agreeing.length === 1 && agreeing[0] === 'read') && (
        <Area
          className="decision-word"
          aria-label={t('comment')}
          placeholder={t('comment')}
          rows={1}
          maxLength={1000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      )}
      {can('return') && task.returnTo.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{ items: [{ key: 'return', label: t('return'), onClick: () => setAsking('return') }] }}
        >
          <Button size="large" icon={<DownOutlined />} iconPlacement="end">
            {tc('more')}
          </Button>
        </Dropdown>
      )}
      {can('reject') && (
        <Button size="large" danger onClick={() => setAsking('reject')}>
          {t('reject')}
        </Button>
      )}
      {agreeing.map((action) => (
        <Button
          key={action}
          size="large"
          type="primary"
          loading={decide.isPending}
          onClick={() => agree(action)}
        >
          {t(action)}
        </Button>
      ))}
      {asking === 'reject' && (
        <RejectDialog
          comment={comment}
          busy={decide.isPending}
          close={() => setAsking(undefined)}
          send={(reason) => decide.mutate({ action: 'reject', comment: reason })}
        />
      )}
      {asking === 'return' && (
        <ReturnDialog
          nodes={task.returnTo}
          comment={comment}
          busy={decide.isPending}
          close={() => setAsking(undefined)}
          send={(to, resume, reason) => decide.mutate({ action: 'return', to, resume, comment: reason })}
        />
      )}
    </div>
  );
}
