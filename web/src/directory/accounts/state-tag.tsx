import type { AccountState } from '@hongyan/contract';
import { Tag } from 'antd';
import { useTexts } from '../../kit/texts.ts';
import { texts } from './texts.ts';

const colours = { active: 'success', disabled: 'default', expired: 'warning', deleted: 'error' } as const;

export function AccountStateTag({ state }: { state: AccountState }) {
  const t = useTexts(texts);
  return (
    <Tag color={colours[state]} variant="filled">
      {t(state)}
    </Tag>
  );
}
