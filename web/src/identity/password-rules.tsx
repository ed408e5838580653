import type { PasswordPolicy } from '@hongyan/contract';
import { useEffect, useState } from 'react';
import { api } from '../kit/api.ts';
import { defineTexts, useLanguage, useTexts } from '../kit/texts.ts';
import './password-rules.css';

const texts = defineTexts('passwordRules', {
  title: ['密码要求', 'The password must'],
  met: ['已满足', 'met'],
  unmet: ['未满足', 'not met yet'],
});

/** The institution's rules, ticked while one types; the server checks, so that both never differ. */
export function PasswordRules({ password, account }: { password: string; account?: string }) {
  const t = useTexts(texts);
  const current = useLanguage();
  const [policy, setPolicy] = useState<PasswordPolicy>();
  const [failed, setFailed] = useState<ReadonlySet<string>>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the sentences come in the chosen language
  useEffect(() => {
    api
      .get<PasswordPolicy>('/password-policy')
      .then(setPolicy)
      .catch(() => undefined);
  }, [current]);

  useEffect(() => {
    if (!password) return setFailed(undefined);
    const timer = setTimeout(() => {
      api
        .post<{ failed: string[] }>('/password-check', { password, ...(account && { account }) })
        .then((result) => setFailed(new Set(result.failed)))
        .catch(() => undefined);
    }, 250);
    return () => clearTimeout(timer);
  }, [password, account]);

  if (!policy) return null;
  return (
    <div className="password-rules">
      <p>{t('title')}</p>
      <ul aria-live="polite">
        {policy.rules.map((rule) => {
          const met = failed ? !failed.has(rule.code) : undefined;
          return (
            <li key={rule.code} data-met={met}>
              <span aria-hidden="true">{met ? '✓' : '○'}</span>
              {rule.text}
              {met !== undefined && <span className="hy-hidden">{t(met ? 'met' : 'unmet')}</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
