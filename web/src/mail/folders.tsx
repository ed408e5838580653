import {
  DeleteOutlined,
  EditOutlined,
  FileOutlined,
  FolderOutlined,
  InboxOutlined,
  SendOutlined,
  SettingOutlined,
  StopOutlined,
} from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../kit/texts.ts';
import type { Mailbox } from './jmap.ts';
import { sortFolders, useFolderName } from './names.ts';
import type { MailAccount } from './queries.ts';
import { texts } from './texts.ts';

const icons = new Map<string | null, ReactNode>([
  ['inbox', <InboxOutlined key="i" />],
  ['drafts', <FileOutlined key="d" />],
  ['sent', <SendOutlined key="s" />],
  ['trash', <DeleteOutlined key="t" />],
  ['junk', <StopOutlined key="j" />],
]);

export interface Place {
  account: string;
  mailbox: string;
}

/** The column at the left: one's own folders, then each unit mailbox with its own. */
export function Folders({
  accounts,
  mailboxes,
  place,
  go,
  compose,
}: {
  accounts: MailAccount[];
  mailboxes: (Mailbox[] | undefined)[];
  place: Place;
  go: (place: Place) => void;
  compose: () => void;
}) {
  const t = useTexts(texts);
  const nameOf = useFolderName();
  return (
    <nav className="folders" aria-label={t('folders')}>
      <Button type="primary" block icon={<EditOutlined />} onClick={compose}>
        {t('compose')}
      </Button>
      {accounts.map((account, index) => (
        <section key={account.id}>
          {accounts.length > 1 && <h2 title={account.name}>{account.name}</h2>}
          <ul>
            {sortFolders(mailboxes[index] ?? []).map((mailbox) => {
              const here = place.account === account.id && place.mailbox === mailbox.id;
              const count = mailbox.role === 'drafts' ? mailbox.totalEmails : mailbox.unreadEmails;
              const counted = count > 0 && mailbox.role !== 'trash' && mailbox.role !== 'sent';
              return (
                <li key={mailbox.id}>
                  <button
                    type="button"
                    data-active={here || undefined}
                    aria-current={here ? 'page' : undefined}
                    onClick={() => go({ account: account.id, mailbox: mailbox.id })}
                  >
                    {icons.get(mailbox.role) ?? <FolderOutlined />}
                    <span>{nameOf(mailbox)}</span>
                    {counted && <small data-unread={mailbox.role !== 'drafts' || undefined}>{count}</small>}
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      <Link to="/mail/settings" search={{ account: place.account }} className="folders-settings">
        <SettingOutlined />
        {t('settings')}
      </Link>
    </nav>
  );
}
