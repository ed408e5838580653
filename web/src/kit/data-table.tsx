import { CaretDownFilled, CaretUpFilled, DownOutlined, RightOutlined } from '@ant-design/icons';
import { Fragment, type Key, type ReactNode, useState } from 'react';
import { defineTexts, useTexts } from './texts.ts';
import './data-table.css';

const texts = defineTexts('table', {
  details: ['详情', 'Details'],
  open: ['展开详情', 'Show details'],
  close: ['收起详情', 'Hide details'],
  sort: ['按{{column}}排序', 'Sort by {{column}}'],
});

export interface Column<T> {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  /** The caller sorts; the head shows which way. */
  sort?: { order: 'up' | 'down' | undefined; toggle: () => void };
}

/** A table of records: sorted heads, rows that open, its own sideways scroll on narrow screens. */
export function DataTable<T>({
  rows,
  columns,
  keyOf,
  details,
}: {
  rows: T[];
  columns: Column<T>[];
  keyOf: (row: T) => Key;
  /** What a row shows when it is opened; undefined: it cannot be. */
  details?: (row: T) => ReactNode | undefined;
}) {
  const t = useTexts(texts);
  const [open, setOpen] = useState<ReadonlySet<Key>>(new Set());
  const toggle = (key: Key) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  return (
    <div className="card data-table">
      <table>
        <thead>
          <tr>
            {details && (
              <th scope="col" className="data-opener">
                <span className="hy-hidden">{t('details')}</span>
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.key} column={column} label={t('sort', { column: column.title })} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            const more = details?.(row);
            const isOpen = more !== undefined && open.has(key);
            return (
              <Fragment key={key}>
                <tr>
                  {details && (
                    <td className="data-opener">
                      {more !== undefined && (
                        <button
                          type="button"
                          aria-expanded={isOpen}
                          aria-label={t(isOpen ? 'close' : 'open')}
                          onClick={() => toggle(key)}
                        >
                          {isOpen ? <DownOutlined /> : <RightOutlined />}
                        </button>
                      )}
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.key}>{column.render(row)}</td>
                  ))}
                </tr>
                {isOpen && (
                  <tr className="data-details">
                    <td colSpan={columns.length + 1}>{more}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column, label }: { column: Column<T>; label: string }) {
  const { sort } = column;
  if (!sort) return <th scope="col">{column.title}</th>;
  const order = sort.order === 'up' ? 'ascending' : sort.order === 'down' ? 'descending' : 'none';
  return (
    <th scope="col" aria-sort={order}>
      <button type="button" aria-label={label} onClick={sort.toggle}>
        {column.title}
        <span className="data-sort" data-order={sort.order} aria-hidden="true">
          <CaretUpFilled />
          <CaretDownFilled />
        </span>
      </button>
    </th>
  );
}
