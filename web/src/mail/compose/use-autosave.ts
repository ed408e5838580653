import { useCallback, useEffect, useRef, useState } from 'react';
import type { Draft } from './draft.ts';
import { saveDraft } from './send.ts';

const PAUSE = 1_500;
type Stored = { accountId: string; emailId: string };

/** Drafts are saved as one types; one save at a time, the last state wins. */
export function useAutosave(draft: Draft, active: boolean) {
  const [state, setState] = useState<'none' | 'saving' | 'saved' | 'failed'>('none');
  const [at, setAt] = useState<Date>();
  const [pending, setPending] = useState(false);
  const stored = useRef<Stored | undefined>(draft.stored);
  const latest = useRef(draft);
  const dirty = useRef(false);
  const running = useRef<Promise<void>>(Promise.resolve());
  latest.current = draft;

  const save = useCallback((): Promise<void> => {
    running.current = running.current.then(async () => {
      if (!dirty.current) return;
      dirty.current = false;
      setState('saving');
      try {
        const { stored: _, ...rest } = latest.current;
        stored.current = await saveDraft({ ...rest, ...(stored.current && { stored: stored.current }) });
        setState('saved');
        setAt(new Date());
        setPending(dirty.current);
      } catch {
        dirty.current = true;
        setState('failed');
      }
    });
    return running.current;
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the draft starts the pause anew
  useEffect(() => {
    if (!active) return;
    dirty.current = true;
    setPending(true);
    const timer = setTimeout(() => void save(), PAUSE);
    return () => clearTimeout(timer);
  }, [draft, active, save]);

  return {
    state,
    at,
    pending,
    now: save,
    /** Waits for a running save, starts no new one, and tells what lies on the server. */
    settle: async (): Promise<Stored | undefined> => {
      dirty.current = false;
      await running.current;
      return stored.current;
    },
  };
}
