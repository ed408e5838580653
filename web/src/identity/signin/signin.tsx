import type { Captcha, NextStep, SignInResult, Site } from '@hongyan/contract';
import { type FormEvent, useState } from 'react';
import { ApiError, api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { ChangeFirst } from './change-first.tsx';
import { Field, Submit } from './fields.tsx';
import { SampleAccounts } from './sample.tsx';
import { texts } from './texts.ts';

/** Only a path of ours: `?next=//elsewhere` must not lead away after the password was typed. */
export function goOn(): void {
  const wanted = new URLSearchParams(location.search).get('next') ?? '';
  location.assign(/^\/(?![/\\])/.test(wanted) ? wanted : '/hall');
}

export function SignIn({ site }: { site: Site | undefined }) {
  const t = useTexts(texts);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [captcha, setCaptcha] = useState<Captcha>();
  const [answer, setAnswer] = useState('');
  const [problem, setProblem] = useState<string>();
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [next, setNext] = useState<NextStep[]>([]);

  const newCaptcha = async () => {
    setAnswer('');
    setCaptcha(await api.get<Captcha>('/captcha'));
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim() || !password);
    setProblem(undefined);
    if (!name.trim() || !password) return;
    setBusy(true);
    try {
      const result = await api.post<SignInResult>('/session', {
        name: name.trim(),
        password,
        ...(captcha && { captcha: { id: captcha.id, answer } }),
      });
      const left = 'account' in result ? result.account.next : result.next;
      if (left.length === 0) return goOn();
      setNext(left);
    } catch (error) {
      setProblem(messageOf(error));
      const wantsCaptcha = error instanceof ApiError && error.code.includes('captcha');
      if (captcha || wantsCaptcha) await newCaptcha().catch(() => undefined);
    } finally {
      setBusy(false);
    }
  };

  if (next.includes('change_password')) return <ChangeFirst account={name.trim()} current={password} />;
  return (
    <>
      <h1>{t('title')}</h1>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {problem && (
          <p className="sign-error" role="alert">
            {problem}
          </p>
        )}
        <Field
          label={t('name')}
          hint={t('nameHint')}
          problem={missing && !name.trim() ? t('needName') : undefined}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={t('password')}
          problem={missing && !password ? t('needPassword') : undefined}
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {captcha && (
          <div className="sign-captcha">
            <Field
              label={t('captcha')}
              placeholder={t('captchaHint')}
              autoComplete="off"
              value={answer}
              onChange={(event) => setAnswer(event.target.value)}
            />
            <button type="button" className="sign-captcha-picture" onClick={() => void newCaptcha()}>
              <img src={captcha.image} alt="" />
              <span>{t('captchaNext')}</span>
            </button>
          </div>
        )}
        <Submit busy={busy}>{t('signIn')}</Submit>
      </form>
      {site?.sample && (
        <SampleAccounts
          choose={(account, secret) => {
            setName(account);
            setPassword(secret);
          }}
        />
      )}
    </>
  );
}
