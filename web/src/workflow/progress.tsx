import {
  CheckOutlined,
  CloseOutlined,
  ExclamationOutlined,
  MinusOutlined,
  RobotOutlined,
  RollbackOutlined,
} from '@ant-design/icons';
import type { ProgressEntry } from '@hongyan/contract';
import { Face } from '../kit/person.tsx';
import { useTexts } from '../kit/texts.ts';
import { friendlyTime, took } from '../kit/time.ts';
import { texts } from './texts.ts';
import './progress.css';

/** 查看流程: who did what and when, where it is, who comes next. */
export function Progress({ entries }: { entries: ProgressEntry[] }) {
  const shown = entries.filter((entry) => entry.kind !== 'condition');
  return (
    <ol className="progress">
      {shown.map((entry) => (
        <Entry key={`${entry.node}-${entry.round}-${entry.state}`} entry={entry} />
      ))}
    </ol>
  );
}

function Mark({ entry }: { entry: ProgressEntry }) {
  if (entry.people.some((one) => one.action === 'reject')) return <CloseOutlined />;
  if (entry.people.some((one) => one.action === 'return')) return <RollbackOutlined />;
  if (entry.state === 'done') return <CheckOutlined />;
  if (entry.state === 'failed') return <ExclamationOutlined />;
  return entry.state === 'skipped' ? <MinusOutlined /> : null;
}

function Entry({ entry }: { entry: ProgressEntry }) {
  const t = useTexts(texts);
  const refused = entry.people.some((p) => p.action === 'reject');
  return (
    <li
      data-state={refused ? 'failed' : entry.state}
      aria-current={entry.state === 'current' ? 'step' : undefined}
    >
      <span className="progress-dot" aria-hidden="true">
        <Mark entry={entry} />
      </span>
      <div className="progress-head">
        <strong>{entry.name}</strong>
        {entry.round > 1 && <small>{t('round', { count: entry.round })}</small>}
        {entry.people.length > 1 && entry.mode && (
          <small>{t(entry.mode === 'any' ? 'anyone' : 'everyone')}</small>
        )}
        <Duration entry={entry} />
      </div>
      {entry.state === 'failed' && <p className="progress-note progress-bad">{t('failed')}</p>}
      {entry.state === 'skipped' && <p className="progress-note">{t('skipped')}</p>}
      {entry.people.map((one) => (
        <div key={one.person.id} className="progress-person" data-quiet={one.action ? undefined : true}>
          <Face name={one.person.name} size={30} />
          <div>
            <span className="progress-who">
              {one.person.name}
              {one.person.unit && <small>{one.person.unit}</small>}
              {one.label && <em data-action={one.action}>{one.label}</em>}
              {!one.action && entry.state === 'current' && <em>{t('waiting')}</em>}
              {one.time && <time dateTime={one.time}>{friendlyTime(one.time)}</time>}
            </span>
            {one.comment && <q>{one.comment}</q>}
          </div>
        </div>
      ))}
      {entry.people.length === 0 && entry.kind === 'action' && (
        <p className="progress-note">
          <RobotOutlined /> {t('automatic')}
        </p>
      )}
      {entry.people.length === 0 && entry.state === 'future' && !['action', 'end'].includes(entry.kind) && (
        <p className="progress-note">{entry.note ?? t('toChoose')}</p>
      )}
      {entry.note && entry.state !== 'future' && <p className="progress-note">{entry.note}</p>}
    </li>
  );
}

function Duration({ entry }: { entry: ProgressEntry }) {
  const t = useTexts(texts);
  if (!entry.enteredAt || entry.kind === 'start' || entry.kind === 'end') return null;
  if (entry.leftAt) {
    return (
      <small className="progress-took">{t('took', { time: took(entry.enteredAt, entry.leftAt) })}</small>
    );
  }
  if (entry.state !== 'current') return null;
  const now = new Date().toISOString();
  return <small className="progress-took">{t('since', { time: took(entry.enteredAt, now) })}</small>;
}
