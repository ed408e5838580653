import { PaperClipOutlined, StarFilled, StarOutlined } from '@ant-design/icons';
import { Skeleton } from 'antd';
import type { Ref } from 'react';
import { Empty, Failed } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { shortTime } from '../kit/time.ts';
import { VirtualList, type VirtualListHandle } from '../kit/virtual-list.tsx';
import { nameOf } from './names.ts';
import type { Row, useEmailList } from './queries.ts';
import { texts } from './texts.ts';

const HEIGHT = 80;

/** Sender, subject, preview, time; the rest waits until it is in sight. */
export function MailList({
  list,
  chosen,
  outgoing,
  searching,
  open,
  star,
  ref,
}: {
  list: ReturnType<typeof useEmailList>;
  chosen: string | undefined;
  /** Sent mail and drafts show to whom. */
  outgoing: boolean;
  searching: boolean;
  open: (row: Row) => void;
  star: (row: Row, on: boolean) => void;
  ref: Ref<VirtualListHandle>;
}) {
  const t = useTexts(texts);
  if (list.error && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton active className="loading" title={false} paragraph={{ rows: 12 }} />;
  const rows = list.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) {
    return (
      <Empty
        title={t(searching ? 'emptySearch' : 'emptyFolder')}
        more={t(searching ? 'emptySearchMore' : 'emptyFolderMore')}
      />
    );
  }
  const more = () => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  return (
    <VirtualList
      ref={ref}
      items={rows}
      height={HEIGHT}
      keyOf={(row) => row.id}
      label={t('list')}
      onEnd={more}
      row={(row) => (
        <MailRow
          row={row}
          outgoing={outgoing}
          chosen={row.id === chosen}
          open={() => open(row)}
          star={(on) => star(row, on)}
        />
      )}
    />
  );
}

function MailRow({
  row,
  outgoing,
  chosen,
  open,
  star,
}: {
  row: Row;
  outgoing: boolean;
  chosen: boolean;
  open: () => void;
  star: (on: boolean) => void;
}) {
  const t = useTexts(texts);
  const unread = row.keywords.$seen !== true;
  const starred = row.keywords.$flagged === true;
  const people = outgoing ? row.to : row.from;
  const who = (people ?? []).map(nameOf).join('、') || t(outgoing ? 'noSender' : 'noSender');
  return (
    <div className="mail-row" data-unread={unread || undefined} data-chosen={chosen || undefined}>
      <button type="button" className="mail-open" aria-current={chosen || undefined} onClick={open}>
        <span className="mail-line">
          {unread && <span className="mail-dot" role="img" aria-label={t('unread')} />}
          <span className="mail-who">{who}</span>
          {row.count > 1 && <span className="mail-count">{t('conversation', { count: row.count })}</span>}
          {row.hasAttachment && <PaperClipOutlined aria-label={t('attachment')} />}
          <time dateTime={row.receivedAt}>{shortTime(row.receivedAt)}</time>
        </span>
        <span className="mail-subject">{row.subject || t('noSubject')}</span>
        <span className="mail-preview">{row.preview}</span>
      </button>
      <button
        type="button"
        className="mail-star"
        data-on={starred || undefined}
        aria-pressed={starred}
        aria-label={t(starred ? 'unstar' : 'star')}
        onClick={() => star(!starred)}
      >
        {starred ? <StarFilled /> : <StarOutlined />}
      </button>
    </div>
  );
}
