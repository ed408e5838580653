import type { CaseState, TaskBox, TaskCounts, TaskItem } from '@hongyan/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, list } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { number } from '../kit/time.ts';
import { BatchBar } from './batch.tsx';
import { TaskRow } from './task-row.tsx';
import { texts } from './texts.ts';
import './workflow.css';

const boxes = ['todo', 'done', 'started', 'received', 'cc'] as const satisfies readonly TaskBox[];
const states = ['running', 'returned', 'approved', 'rejected', 'withdrawn'] as const;

function useTasks(box: TaskBox, words: string, state: CaseState | undefined) {
  const search = useDeferredValue(words.trim());
  return useInfiniteQuery({
    queryKey: ['tasks', box, search, state],
    queryFn: ({ pageParam }) => list<TaskItem>('/tasks', { box, search, state, after: pageParam, limit: 30 }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (previous, query) => (query?.queryKey[1] === box ? previous : undefined),
  });
}

export function TaskListPage() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const navigate = useNavigate();
  const wanted = useSearch({ from: '/tasks' }).box;
  const box: TaskBox = boxes.find((one) => one === wanted) ?? 'todo';
  usePageTitle(t(box));
  const [words, setWords] = useState('');
  const [state, setState] = useState<CaseState>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const counts = useQuery({
    queryKey: ['tasks', 'counts'],
    queryFn: () => api.get<TaskCounts>('/tasks/counts'),
  });
  const tasks = useTasks(box, words, state);
  const clear = () => {
    setWords('');
    setState(undefined);
  };
  const go = (next: TaskBox) => {
    setChosen(new Set());
    void navigate({ to: '/tasks', search: { box: next } });
  };

  return (
    <div className="page tasks">
      <nav className="side" aria-label={t('centre')}>
        {boxes.map((one) => (
          <button
            key={one}
            type="button"
            data-active={one === box || undefined}
            aria-current={one === box ? 'page' : undefined}
            onClick={() => go(one)}
          >
            <span>{t(one)}</span>
            {(counts.data?.[one] ?? 0) > 0 && <small>{number(counts.data?.[one] ?? 0)}</small>}
          </button>
        ))}
      </nav>
      <div className="tasks-main">
        <div className="page-head">
          <h1>{t(box)}</h1>
        </div>
        <div className="filters">
          <Input.Search
            allowClear
            className="filter-words"
            placeholder={t('searchHint')}
            aria-label={t('searchHint')}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {box !== 'todo' && (
            <Select<CaseState>
              allowClear
              className="filter-state"
              placeholder={t('anyState')}
              aria-label={tc('state')}
              value={state}
              onChange={setState}
              options={states.map((one) => ({ value: one, label: t(one) }))}
            />
          )}
        </div>
        <Loaded query={tasks} rows={8}>
          {(data) => {
            const items = data.pages.flatMap((page) => page.items);
            if (items.length === 0) {
              return words || state ? (
                <Empty
                  title={t('filtered')}
                  more={t('filteredMore')}
                  action={<Button onClick={clear}>{t('clear')}</Button>}
                />
              ) : (
                <NothingIn box={box} />
              );
            }
            return (
              <>
                {box === 'todo' && <BatchBar items={items} chosen={chosen} setChosen={setChosen} />}
                <ul className="card task-rows">
                  {items.map((item) => (
                    <TaskRow
                      key={item.taskId ?? item.case.id}
                      item={item}
                      box={box}
                      chosen={chosen}
                      setChosen={setChosen}
                    />
                  ))}
                </ul>
                {tasks.hasNextPage && (
                  <div className="load-more">
                    <Button loading={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
                      {tc('loadMore')}
                    </Button>
                  </div>
                )}
              </>
            );
          }}
        </Loaded>
      </div>
    </div>
  );
}

function NothingIn({ box }: { box: TaskBox }) {
  const t = useTexts(texts);
  return (
    <div className="card">
      <Empty
        title={t(`${box}Empty`)}
        more={t(`${box}EmptyMore`)}
        action={
          box === 'started' && (
            <Link to="/hall/services">
              <Button type="primary">{t('goApply')}</Button>
            </Link>
          )
        }
      />
    </div>
  );
}
