import type { Form, FormValues } from '@hongyan/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../kit/api.ts';
import { withoutSecrets } from './forms/values.ts';

export type DraftState = 'none' | 'saving' | 'saved' | 'failed';
const PAUSE = 1_200;

/** Saves by itself a moment after the last change; never a secret. */
export function useDraft(key: string, form: Form, values: FormValues, changed: boolean) {
  const [state, setState] = useState<DraftState>('none');
  const [savedAt, setSavedAt] = useState<Date>();
  const stopped = useRef(false);

  useEffect(() => {
    if (!changed) return;
    setState('saving');
    const timer = setTimeout(() => {
      if (stopped.current) return;
      api
        .put(`/hall/services/${encodeURIComponent(key)}/draft`, { values: withoutSecrets(form, values) })
        .then(() => {
          setState('saved');
          setSavedAt(new Date());
        })
        .catch(() => setState('failed'));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [key, form, values, changed]);

  /** After the application is sent: a late save must not bring the draft back. */
  const stop = useCallback(() => {
    stopped.current = true;
  }, []);
  return { state, savedAt, stop };
}
