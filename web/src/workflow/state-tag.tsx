import type { CaseState } from '@hongyan/contract';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { texts } from './texts.ts';

const tones = {
  running: 'info',
  returned: 'warn',
  approved: 'good',
  rejected: 'bad',
  withdrawn: 'plain',
} as const;

export function CaseStateTag({ state }: { state: CaseState }) {
  const t = useTexts(texts);
  return <StatusTag tone={tones[state]}>{t(state)}</StatusTag>;
}
