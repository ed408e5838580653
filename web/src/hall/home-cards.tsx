import { MailOutlined, MessageOutlined } from '@ant-design/icons';
import type { HallHome, TaskItem } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { list } from '../kit/api.ts';
import { useCounts } from '../kit/live.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { friendlyTime, number } from '../kit/time.ts';
import { CaseStateTag } from '../workflow/state-tag.tsx';
import { texts } from './texts.ts';

const SHOWN = 3;

export function TodoCard({ todo }: { todo: HallHome['todo'] }) {
  const t = useTexts(texts);
  const counts = useCounts();
  return (
    <section className="card hall-card">
      <div className="card-head">
        <h2>
          {t('todo')}
          {counts.todo > 0 && <span className="hall-count">{number(counts.todo)}</span>}
        </h2>
        <Link to="/tasks">{t('viewAll')}</Link>
      </div>
      {todo.length === 0 ? (
        <Empty title={t('todoEmpty')} more={t('todoEmptyMore')} />
      ) : (
        <ul className="lines">
          {todo.slice(0, SHOWN).map((task) => (
            <li key={task.taskId} className="line-two">
              <Link to="/tasks/$id" params={{ id: task.taskId }}>
                {task.title}
              </Link>
              <small>
                {t('from', { name: task.from })} · {friendlyTime(task.time)}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function UnreadCard() {
  const t = useTexts(texts);
  const counts = useCounts();
  return (
    <section className="card hall-card">
      <div className="card-head">
        <h2>{t('unread')}</h2>
      </div>
      <div className="unread">
        <Link to="/messages">
          <MessageOutlined />
          <strong>{number(counts.messages)}</strong>
          <span>{t('messages')}</span>
        </Link>
        <Link to="/mail">
          <MailOutlined />
          <strong>{number(counts.mail)}</strong>
          <span>{t('mail')}</span>
        </Link>
      </div>
    </section>
  );
}

export function MineCard() {
  const t = useTexts(texts);
  const mine = useQuery({
    queryKey: ['tasks', 'started', 'few'],
    queryFn: () => list<TaskItem>('/tasks', { box: 'started', limit: SHOWN }),
  });
  return (
    <section className="card hall-card">
      <div className="card-head">
        <h2>{t('mine')}</h2>
        <Link to="/tasks" search={{ box: 'started' }}>
          {t('viewAll')}
        </Link>
      </div>
      <Loaded query={mine} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('mineEmpty')} more={t('mineEmptyMore')} />
          ) : (
            <ul className="lines">
              {items.slice(0, SHOWN).map((item) => (
                <li key={item.case.id} className="line-two">
                  <Link to="/cases/$id" params={{ id: item.case.id }}>
                    {item.case.title}
                  </Link>
                  <small>
                    <CaseStateTag state={item.case.state} />
                    {item.case.current.join('、') || friendlyTime(item.time)}
                  </small>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
