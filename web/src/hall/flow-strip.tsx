import { RobotOutlined } from '@ant-design/icons';
import type { FlowStep } from '@hongyan/contract';
import { Face } from '../kit/person.tsx';
import { useTexts } from '../kit/texts.ts';
import { texts } from './texts.ts';
import './flow-strip.css';

/** The way that an application will go, with who decides. */
export function FlowStrip({ steps }: { steps: FlowStep[] }) {
  const t = useTexts(texts);
  const shown = steps.filter((step) => step.kind !== 'condition' && step.kind !== 'end');
  const who = (step: FlowStep): string => {
    if (step.people.length > 0) return step.people.map((person) => person.name).join('、');
    if (step.note) return step.note;
    if (step.kind === 'action') return t('automatic');
    return step.kind === 'start' ? t('applicant') : t('toChoose');
  };
  return (
    <ol className="flow-strip">
      {shown.map((step, index) => (
        <li key={step.node}>
          <span className="flow-dot" aria-hidden="true">
            {step.people[0] ? (
              <Face name={step.people[0].name} size={34} />
            ) : (
              <span className="flow-number">{step.kind === 'action' ? <RobotOutlined /> : index + 1}</span>
            )}
          </span>
          <strong>{step.name}</strong>
          <span>{who(step)}</span>
          {step.people.length > 1 && step.mode && (
            <small>{t(step.mode === 'any' ? 'anyone' : 'everyone')}</small>
          )}
        </li>
      ))}
    </ol>
  );
}
