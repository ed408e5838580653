import type { TaskBox, TaskItem } from '@hongyan/contract';
import { Link } from '@tanstack/react-router';
import { Checkbox } from 'antd';
import { Face } from '../kit/person.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { friendlyTime } from '../kit/time.ts';
import { CaseStateTag } from './state-tag.tsx';
import { texts } from './texts.ts';

export function TaskRow({
  item,
  box,
  chosen,
  setChosen,
}: {
  item: TaskItem;
  box: TaskBox;
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
}) {
  const t = useTexts(texts);
  const { taskId } = item;
  const one = item.case;
  const toggle = (on: boolean) => {
    if (!taskId) return;
    const next = new Set(chosen);
    if (on) next.add(taskId);
    else next.delete(taskId);
    setChosen(next);
  };
  const content = (
    <>
      <Face name={one.applicant.name} size={36} />
      <span className="task-text">
        <span className="task-title">
          {!item.read && <span className="task-dot" role="img" aria-label={t('unread')} />}
          {one.title}
        </span>
        <span className="task-more">
          <span>
            {one.applicant.name}
            {one.applicant.unit && ` · ${one.applicant.unit}`}
          </span>
          {(item.step ?? one.current.join('、')) && <span>{item.step ?? one.current.join('、')}</span>}
          {item.label && <span>{item.label}</span>}
          <span className="task-number">{one.number}</span>
        </span>
      </span>
      <span className="task-end">
        <time dateTime={item.time}>{friendlyTime(item.time)}</time>
        <span>
          {one.late && <StatusTag tone="bad">{t('late')}</StatusTag>}
          {box !== 'todo' && <CaseStateTag state={one.state} />}
        </span>
      </span>
    </>
  );
  const open = taskId && (box === 'todo' || box === 'cc');
  return (
    <li className="task-row">
      {box === 'todo' && taskId && (
        <Checkbox
          checked={chosen.has(taskId)}
          aria-label={t('choose', { title: one.title })}
          onChange={(event) => toggle(event.target.checked)}
        />
      )}
      {open ? (
        <Link to="/tasks/$id" params={{ id: taskId }} className="task-link">
          {content}
        </Link>
      ) : (
        <Link to="/cases/$id" params={{ id: one.id }} className="task-link">
          {content}
        </Link>
      )}
    </li>
  );
}
