import { CloseCircleFilled } from '@ant-design/icons';
import { useTexts } from './texts.ts';
import { common } from './texts-common.ts';

/** The cross in a select box, named in the reader's language: the library knows only 'Clear'. */
export function useClear() {
  const t = useTexts(common);
  return { label: t('clear'), clearIcon: <CloseCircleFilled /> };
}
