import type { UnitMailbox } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button, Table } from 'antd';
import { useState } from 'react';
import { AccountStateTag } from '../directory/accounts/state-tag.tsx';
import { EditMembers } from '../identity/mailboxes.tsx';
import { list } from '../kit/api.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { day } from '../kit/time.ts';
import { texts } from './texts.ts';

export default function UnitMailboxes() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const [editing, setEditing] = useState<UnitMailbox>();
  const mailboxes = useQuery({
    queryKey: ['unit-mailboxes', 'all'],
    queryFn: () => list<UnitMailbox>('/unit-mailboxes'),
  });
  return (
    <Loaded query={mailboxes}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('noMailboxes')} more={t('noMailboxesMore')} />
        ) : (
          <>
            <Table<UnitMailbox>
              className="card table-card"
              size="small"
              rowKey="id"
              dataSource={items}
              pagination={items.length > 50 ? { pageSize: 50 } : false}
              columns={[
                { title: t('address'), dataIndex: 'address' },
                { title: tc('unit'), key: 'unit', render: (_, row) => row.unit?.name },
                { title: t('owner'), key: 'owner', render: (_, row) => row.owner.name },
                {
                  title: t('members'),
                  key: 'members',
                  render: (_, row) => row.members.map((person) => person.name).join('、'),
                },
                {
                  title: t('expires'),
                  key: 'expires',
                  render: (_, row) => (row.expiresAt ? day(row.expiresAt) : t('noExpiry')),
                },
                {
                  title: t('state'),
                  key: 'state',
                  render: (_, row) => <AccountStateTag state={row.state} />,
                },
                {
                  title: tc('actions'),
                  key: 'actions',
                  render: (_, row) =>
                    row.canManage && (
                      <Button type="link" size="small" onClick={() => setEditing(row)}>
                        {t('members')}
                      </Button>
                    ),
                },
              ]}
            />
            {editing && (
              <EditMembers key={editing.id} mailbox={editing} close={() => setEditing(undefined)} />
            )}
          </>
        )
      }
    </Loaded>
  );
}
