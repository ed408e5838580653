import type { FormValues, TaskPage } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { FormEdit, type Problems } from '../hall/forms/form-edit.tsx';
import { FormView } from '../hall/forms/form-view.tsx';
import { splitForm } from '../hall/forms/values.ts';
import { api } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { CaseColumns, CaseHead, namesOf } from './case-body.tsx';
import { DecisionBar } from './decision.tsx';
import { texts } from './texts.ts';

export function TaskPageView() {
  const t = useTexts(texts);
  const { id } = useParams({ from: '/tasks/$id' });
  const query = useQuery({
    queryKey: ['task', id],
    queryFn: () => api.get<TaskPage>(`/tasks/${encodeURIComponent(id)}`),
    // What one has begun to fill in must not change under one's hands.
    refetchOnWindowFocus: false,
  });
  usePageTitle(query.data?.task.step ?? t('task'));
  return (
    <div className="page">
      <Loaded query={query} rows={12}>
        {(data) => <Task key={data.task.id + String(data.task.open)} data={data} />}
      </Loaded>
    </div>
  );
}

function Task({ data }: { data: TaskPage }) {
  const { task, page } = data;
  const [values, setValues] = useState<FormValues>(page.values);
  const [problems, setProblems] = useState<Problems>(new Map());
  const writable =
    task.open && (page.rights.rest === 'write' || Object.values(page.rights.fields).includes('write'));
  const { write, read } = splitForm(page.form, page.rights);
  return (
    <>
      <CaseHead page={page} />
      <CaseColumns
        page={page}
        form={
          writable ? (
            <>
              <div className="task-write">
                <FormEdit
                  form={write}
                  values={values}
                  rights={page.rights}
                  names={namesOf(page)}
                  problems={problems}
                  onChange={setValues}
                />
              </div>
              <FormView form={read} values={values} rights={page.rights} names={namesOf(page)} />
            </>
          ) : undefined
        }
      />
      <DecisionBar data={data} values={writable ? values : undefined} setProblems={setProblems} />
    </>
  );
}
