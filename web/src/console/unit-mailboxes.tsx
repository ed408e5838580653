import type { UnitMailbox } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { AccountStateTag } from '../directory/accounts/state-tag.tsx';
import { EditMembers } from '../identity/mailboxes.tsx';
import { list } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
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
            <DataTable<UnitMailbox>
              rows={items}
              keyOf={(row) => row.id}
              columns={[
                { key: 'address', title: t('address'), render: (row) => row.address },
                { key: 'unit', title: tc('unit'), render: (row) => row.unit?.name },
                { key: 'owner', title: t('owner'), render: (row) => row.owner.name },
                {
                  key: 'members',
                  title: t('members'),
                  render: (row) => row.members.map((person) => person.name).join('、'),
                },
                {
                  key: 'expires',
                  title: t('expires'),
                  render: (row) => (row.expiresAt ? day(row.expiresAt) : t('noExpiry')),
                },
                { key: 'state', title: t('state'), render: (row) => <AccountStateTag state={row.state} /> },
                {
                  key: 'actions',
                  title: tc('actions'),
                  render: (row) =>
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
