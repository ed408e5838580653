import type { Account, AccountQuery } from '@hongyan/contract';
import { Button } from 'antd';
import { DataTable } from '../../kit/data-table.tsx';
import { useTexts } from '../../kit/texts.ts';
import { day, friendlyTime, size } from '../../kit/time.ts';
import { AccountStateTag } from './state-tag.tsx';
import { texts } from './texts.ts';

export type Sort = NonNullable<AccountQuery['sort']>;

/** Up, down, as it comes. */
function sortBy(
  column: 'name' | 'address',
  sort: Sort | undefined,
  setSort: (sort: Sort | undefined) => void,
) {
  const order = sort === column ? ('up' as const) : sort === `-${column}` ? ('down' as const) : undefined;
  const next: Sort | undefined = order === undefined ? column : order === 'up' ? `-${column}` : undefined;
  return { order, toggle: () => setSort(next) };
}

export function AccountsTable({
  accounts,
  sort,
  setSort,
  open,
}: {
  accounts: Account[];
  sort: Sort | undefined;
  setSort: (sort: Sort | undefined) => void;
  open: (account: Account) => void;
}) {
  const t = useTexts(texts);
  return (
    <DataTable<Account>
      rows={accounts}
      keyOf={(row) => row.id}
      columns={[
        {
          key: 'name',
          title: t('name'),
          sort: sortBy('name', sort, setSort),
          render: (row) => (
            <Button type="link" className="cell-link" onClick={() => open(row)}>
              {row.name}
            </Button>
          ),
        },
        {
          key: 'address',
          title: t('address'),
          sort: sortBy('address', sort, setSort),
          render: (row) => row.address,
        },
        { key: 'unit', title: t('unit'), render: (row) => row.unit?.path },
        { key: 'number', title: t('number'), render: (row) => row.number },
        {
          key: 'state',
          title: t('state'),
          render: (row) => (
            <>
              <AccountStateTag state={row.state} />
              {row.purgeAt && <small className="quiet"> {t('purge', { day: day(row.purgeAt) })}</small>}
            </>
          ),
        },
        {
          key: 'storage',
          title: t('storage'),
          render: (row) => t('of', { used: size(row.usedBytes), quota: size(row.quotaBytes) }),
        },
        {
          key: 'last',
          title: t('lastSignIn'),
          render: (row) => (row.lastSignIn ? friendlyTime(row.lastSignIn) : t('never')),
        },
      ]}
    />
  );
}
