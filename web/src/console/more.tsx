import { Button } from 'antd';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function More({ pages }: { pages: Paged }) {
  const t = useTexts(common);
  if (!pages.hasNextPage) return null;
  return (
    <div className="load-more">
      <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {t('loadMore')}
      </Button>
    </div>
  );
}
