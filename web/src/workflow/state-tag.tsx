import type { CaseState } from '@hongyan/contract';
import { Tag } from 'antd';
import { useTexts } from '../kit/texts.ts';
import { texts } from './texts.ts';

const colours = {
  running: 'processing',
  returned: 'warning',
  approved: 'success',
  rejected: 'error',
  withdrawn: 'default',
} as const;

export function CaseStateTag({ state }: { state: CaseState }) {
  const t = useTexts(texts);
  return (
    <Tag color={colours[state]} variant="filled">
      {t(state)}
    </Tag>
  );
}
