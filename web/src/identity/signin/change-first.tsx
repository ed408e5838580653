import { type FormEvent, useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { PasswordRules } from '../password-rules.tsx';
import { Field, Submit } from './fields.tsx';
import { goOn } from './signin.tsx';
import { texts } from './texts.ts';

/** The password was set by an administrator or is too weak: a new one comes before anything else. */
export function ChangeFirst({ account, current }: { account: string; current: string }) {
  const t = useTexts(texts);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== again) return setProblem(t('differ'));
    setBusy(true);
    setProblem(undefined);
    try {
      await api.put('/me/password', { current, password });
      goOn();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };

  return (
    <>
      <h1>{t('changeTitle')}</h1>
      <p className="sign-why">{t('changeWhy')}</p>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {problem && (
          <p className="sign-error" role="alert">
            {problem}
          </p>
        )}
        <Field
          label={t('newPassword')}
          type="password"
          autoComplete="new-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <PasswordRules password={password} account={account} />
        <Field
          label={t('again')}
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
        <Submit busy={busy}>{t('save')}</Submit>
      </form>
    </>
  );
}
