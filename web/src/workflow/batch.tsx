import type { BatchResult, TaskItem } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox } from 'antd';
import { api, messageOf } from '../kit/api.ts';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { texts } from './texts.ts';

/** Appears when tasks are chosen; says for each that failed why. */
export function BatchBar({
  items,
  chosen,
  setChosen,
}: {
  items: TaskItem[];
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const ids = items.flatMap((item) => (item.taskId ? [item.taskId] : []));
  const picked = ids.filter((id) => chosen.has(id));
  const approve = useMutation({
    mutationFn: () => api.post<BatchResult>('/tasks/approve', { taskIds: picked }),
    onSuccess: ({ results }) => {
      const failed = results.filter((result) => !result.ok);
      const good = results.length - failed.length;
      if (good > 0) message.success(t('approvedAll', { count: good }));
      if (failed.length > 0) {
        modal.warning({
          title: t('approvedSome', { count: failed.length }),
          content: (
            <ul>
              {failed.map((result) => (
                <li key={result.taskId}>
                  {items.find((item) => item.taskId === result.taskId)?.case.title} · {result.message}
                </li>
              ))}
            </ul>
          ),
        });
      }
      setChosen(new Set());
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['counts'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const ask = () =>
    modal.confirm({
      title: t('approveAsk', { count: picked.length }),
      okText: t('approve'),
      cancelText: tc('cancel'),
      onOk: () => approve.mutateAsync().catch(() => undefined),
    });
  return (
    <div className="batch">
      <Checkbox
        checked={picked.length === ids.length}
        indeterminate={picked.length > 0 && picked.length < ids.length}
        onChange={(event) => setChosen(new Set(event.target.checked ? ids : []))}
      >
        {picked.length > 0 ? t('chosen', { count: picked.length }) : t('chooseAll')}
      </Checkbox>
      {picked.length > 0 && (
        <Button type="primary" size="small" loading={approve.isPending} onClick={ask}>
          {t('approveChosen')}
        </Button>
      )}
    </div>
  );
}
