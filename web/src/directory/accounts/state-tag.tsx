import type { AccountState } from '@hongyan/contract';
import { StatusTag } from '../../kit/tag.tsx';
import { useTexts } from '../../kit/texts.ts';
import { texts } from './texts.ts';

const tones = { active: 'good', disabled: 'plain', expired: 'warn', deleted: 'bad' } as const;

export function AccountStateTag({ state }: { state: AccountState }) {
  const t = useTexts(texts);
  return <StatusTag tone={tones[state]}>{t(state)}</StatusTag>;
}
