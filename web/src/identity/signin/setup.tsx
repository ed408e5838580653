import { type FormEvent, useState } from 'react';
import { ApiError, api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { PasswordRules } from '../password-rules.tsx';
import { Field, Submit } from './fields.tsx';
import { goOn } from './signin.tsx';
import { texts } from './texts.ts';

const empty = { setupCode: '', institution: '', domain: '', name: '', account: 'admin', password: '' };
type SetUpField = keyof typeof empty;

/** The first visit of a new installation: institution, domain, super administrator. */
export function SetUp() {
  const t = useTexts(texts);
  const [values, setValues] = useState(empty);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const field = (key: SetUpField) => ({
    value: values[key],
    problem: problems.get(key),
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [key]: event.target.value }),
  });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const blank = Object.entries(values).filter(([, value]) => !value.trim());
    setProblems(new Map(blank.map(([key]) => [key, t('required')])));
    setProblem(undefined);
    if (blank.length > 0) return;
    setBusy(true);
    try {
      await api.post('/setup', values);
      await api.post('/session', { name: values.account.trim(), password: values.password });
      goOn();
    } catch (error) {
      setProblem(messageOf(error));
      if (error instanceof ApiError) setProblems(new Map(error.fields.map((f) => [f.field, f.message])));
      setBusy(false);
    }
  };

  return (
    <>
      <h1>{t('setupTitle')}</h1>
      <p className="sign-why">{t('setupWhy')}</p>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {problem && (
          <p className="sign-error" role="alert">
            {problem}
          </p>
        )}
        <Field label={t('setupCode')} hint={t('setupCodeHint')} autoComplete="off" {...field('setupCode')} />
        <Field label={t('institution')} hint={t('institutionHint')} {...field('institution')} />
        <Field label={t('domain')} hint={t('domainHint')} autoCapitalize="none" {...field('domain')} />
        <Field label={t('adminName')} autoComplete="name" {...field('name')} />
        <Field
          label={t('adminAccount')}
          hint={t('accountHint')}
          autoCapitalize="none"
          autoComplete="username"
          {...field('account')}
        />
        <Field label={t('password')} type="password" autoComplete="new-password" {...field('password')} />
        <PasswordRules password={values.password} account={values.account} />
        <Submit busy={busy}>{t('start')}</Submit>
      </form>
    </>
  );
}
