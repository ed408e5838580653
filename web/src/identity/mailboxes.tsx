import { MailOutlined } from '@ant-design/icons';
import type { UnitMailbox } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { PeoplePicker } from '../directory/pickers.tsx';
import { api, list, messageOf } from '../kit/api.ts';
import { Person } from '../kit/person.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { day } from '../kit/time.ts';
import { texts } from './texts.ts';

export function MyMailboxes() {
  const t = useTexts(texts);
  const [editing, setEditing] = useState<UnitMailbox>();
  const mailboxes = useQuery({
    queryKey: ['unit-mailboxes', 'mine'],
    queryFn: () => list<UnitMailbox>('/me/unit-mailboxes'),
  });
  return (
    <Loaded query={mailboxes}>
      {({ items }) =>
        items.length === 0 ? (
          <div className="card">
            <Empty
              title={t('noMailboxes')}
              more={t('noMailboxesMore')}
              icon={<MailOutlined />}
              action={
                <Link to="/hall/s/$key" params={{ key: 'info-service' }}>
                  <Button type="primary">{t('goApply')}</Button>
                </Link>
              }
            />
          </div>
        ) : (
          <>
            {items.map((mailbox) => (
              <section key={mailbox.id} className="card mailbox">
                <div className="card-head">
                  <h2>
                    {mailbox.name} <span className="quiet">{mailbox.address}</span>
                  </h2>
                  {mailbox.canManage && (
                    <Button size="small" onClick={() => setEditing(mailbox)}>
                      {t('editMembers')}
                    </Button>
                  )}
                </div>
                <p className="quiet">
                  {[
                    mailbox.unit?.name,
                    t('owner', { name: mailbox.owner.name }),
                    mailbox.expiresAt && t('until', { day: day(mailbox.expiresAt) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
                <div className="mailbox-members">
                  {mailbox.members.map((person) => (
                    <Person key={person.id} person={person} />
                  ))}
                </div>
              </section>
            ))}
            {editing && (
              <EditMembers key={editing.id} mailbox={editing} close={() => setEditing(undefined)} />
            )}
          </>
        )
      }
    </Loaded>
  );
}

export function EditMembers({ mailbox, close }: { mailbox: UnitMailbox; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [ids, setIds] = useState(mailbox.members.map((person) => person.id));
  const names = new Map(mailbox.members.map((person) => [`person:${person.id}`, person.name]));
  const save = useMutation({
    mutationFn: () => api.put(`/unit-mailboxes/${mailbox.id}/members`, { memberIds: ids }),
    onSuccess: () => {
      message.success(tc('saved'));
      void client.invalidateQueries({ queryKey: ['unit-mailboxes'] });
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <Modal
      open
      title={mailbox.address}
      okText={tc('save')}
      cancelText={tc('cancel')}
      okButtonProps={{ loading: save.isPending }}
      onCancel={close}
      onOk={() => save.mutate()}
    >
      <div className="field">
        <label className="field-label" htmlFor="mailbox-members">
          {t('members')}
        </label>
        <PeoplePicker id="mailbox-members" names={names} several value={ids} onChange={setIds} />
        <span className="field-hint">{t('membersWhy')}</span>
      </div>
    </Modal>
  );
}
