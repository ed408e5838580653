import { type InputHTMLAttributes, useId, useState } from 'react';
import { useTexts } from '../../kit/texts.ts';
import { texts } from './texts.ts';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string | undefined;
  problem?: string | undefined;
}

export function Field({ label, hint, problem, ...input }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const t = useTexts(texts);
  const secret = input.type === 'password';
  return (
    <div className="sign-field">
      <label htmlFor={id}>{label}</label>
      <div className="sign-input">
        <input
          {...input}
          id={id}
          type={secret && shown ? 'text' : input.type}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem || hint ? `${id}-more` : undefined}
        />
        {secret && (
          <button
            type="button"
            className="sign-eye"
            aria-label={t(shown ? 'hide' : 'show')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
              <path
                d="M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12z"
                fill="none"
                stroke="currentColor"
                strokeWidth="1.8"
              />
              <circle cx="12" cy="12" r="3" fill="none" stroke="currentColor" strokeWidth="1.8" />
              {shown && <path d="M4 20 20 4" stroke="currentColor" strokeWidth="1.8" />}
            </svg>
          </button>
        )}
      </div>
      {(problem || hint) && (
        <p id={`${id}-more`} className={problem ? 'sign-problem' : 'sign-hint'}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

export function Submit({ busy, children }: { busy: boolean; children: string }) {
  const t = useTexts(texts);
  return (
    <button type="submit" className="sign-submit" disabled={busy}>
      {busy ? t('busy') : children}
    </button>
  );
}
