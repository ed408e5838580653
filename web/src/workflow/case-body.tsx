import type { CasePage } from '@hongyan/contract';
import type { ReactNode } from 'react';
import { FormView } from '../hall/forms/form-view.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime } from '../kit/time.ts';
import { Progress } from './progress.tsx';
import { CaseStateTag } from './state-tag.tsx';
import { texts } from './texts.ts';
import './workflow.css';

export const namesOf = (page: CasePage): ReadonlyMap<string, string> => new Map(Object.entries(page.names));

/** Title, state and the few facts of a case. */
export function CaseHead({ page, actions }: { page: CasePage; actions?: ReactNode }) {
  const t = useTexts(texts);
  const one = page.case;
  return (
    <header className="card case-head">
      <div>
        <h1>{one.title}</h1>
        <p className="case-facts">
          <CaseStateTag state={one.state} />
          {one.late && <StatusTag tone="bad">{t('late')}</StatusTag>}
          <span>
            {t('applicant')} {one.applicant.name}
            {one.applicant.unit && ` · ${one.applicant.unit}`}
          </span>
          <span>
            {t('submittedAt')} {fullTime(one.submittedAt)}
          </span>
          <span>
            {t('number')} {one.number}
          </span>
        </p>
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}

export function Results({ page }: { page: CasePage }) {
  const t = useTexts(texts);
  if (page.results.length === 0) return null;
  return (
    <section className="card case-results">
      <div className="card-head">
        <h2>{t('results')}</h2>
      </div>
      <dl>
        {page.results.map((result) => (
          <div key={result.label + result.value}>
            <dt>{result.label}</dt>
            <dd>{result.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The form at the left, the way it has gone at the right, or below on the phone. */
export function CaseColumns({ page, form }: { page: CasePage; form?: ReactNode }) {
  const t = useTexts(texts);
  return (
    <div className="case-columns">
      <div className="case-form">
        <Results page={page} />
        {form ?? (
          <FormView form={page.form} values={page.values} rights={page.rights} names={namesOf(page)} />
        )}
      </div>
      <section className="card case-progress" aria-label={t('progress')}>
        <div className="card-head">
          <h2>{t('progress')}</h2>
        </div>
        <Progress entries={page.progress} />
      </section>
    </div>
  );
}
