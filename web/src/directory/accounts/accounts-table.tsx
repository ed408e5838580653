import type { Account, AccountQuery } from '@hongyan/contract';
import { Button, Table } from 'antd';
import { useTexts } from '../../kit/texts.ts';
import { day, friendlyTime, size } from '../../kit/time.ts';
import { AccountStateTag } from './state-tag.tsx';
import { texts } from './texts.ts';

export type Sort = NonNullable<AccountQuery['sort']>;

const orderOf = (sort: Sort | undefined, column: 'name' | 'address') =>
  sort === column ? 'ascend' : sort === `-${column}` ? 'descend' : null;

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
    <Table<Account>
      className="card table-card"
      size="small"
      rowKey="id"
      dataSource={accounts}
      pagination={false}
      onChange={(_, __, sorter) => {
        const one = Array.isArray(sorter) ? sorter[0] : sorter;
        const column = one?.columnKey === 'address' ? 'address' : 'name';
        setSort(!one?.order ? undefined : one.order === 'ascend' ? column : `-${column}`);
      }}
      columns={[
        {
          title: t('name'),
          key: 'name',
          sorter: true,
          sortOrder: orderOf(sort, 'name'),
          render: (_, row) => (
            <Button type="link" className="cell-link" onClick={() => open(row)}>
              {row.name}
            </Button>
          ),
        },
        {
          title: t('address'),
          key: 'address',
          dataIndex: 'address',
          sorter: true,
          sortOrder: orderOf(sort, 'address'),
        },
        { title: t('unit'), key: 'unit', render: (_, row) => row.unit?.path },
        { title: t('number'), dataIndex: 'number' },
        {
          title: t('state'),
          key: 'state',
          render: (_, row) => (
            <>
              <AccountStateTag state={row.state} />
              {row.purgeAt && <small className="quiet">{t('purge', { day: day(row.purgeAt) })}</small>}
            </>
          ),
        },
        {
          title: t('storage'),
          key: 'storage',
          render: (_, row) => t('of', { used: size(row.usedBytes), quota: size(row.quotaBytes) }),
        },
        {
          title: t('lastSignIn'),
          key: 'last',
          render: (_, row) => (row.lastSignIn ? friendlyTime(row.lastSignIn) : t('never')),
        },
      ]}
    />
  );
}
