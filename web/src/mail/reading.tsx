import {
  ArrowLeftOutlined,
  DeleteOutlined,
  FolderOutlined,
  MailOutlined,
  StarFilled,
  StarOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, Skeleton, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { Empty, Failed } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import type { MailActions } from './actions.ts';
import type { ReplyKind } from './compose/draft.ts';
import type { Email, Mailbox } from './jmap.ts';
import { Message } from './message.tsx';
import { sortFolders, useFolderName } from './names.ts';
import { useConversation } from './queries.ts';
import { texts } from './texts.ts';
import './reading.css';

/** The conversation: older mails closed, the newest and the unread ones open. */
export function Reading({
  account,
  emailId,
  folder,
  mailboxes,
  actions,
  ownDomains,
  close,
  reply,
}: {
  account: string;
  emailId: string;
  folder: Mailbox | undefined;
  mailboxes: Mailbox[];
  actions: MailActions;
  ownDomains: ReadonlySet<string>;
  close: () => void;
  reply: (email: Email, kind: ReplyKind) => void;
}) {
  const t = useTexts(texts);
  const query = useConversation(account, emailId);
  const trash = mailboxes.find((mailbox) => mailbox.role === 'trash');
  const drafts = mailboxes.find((mailbox) => mailbox.role === 'drafts');
  const inTrash = folder?.role === 'trash';
  const emails = (query.data ?? []).filter((email) => {
    if (email.id === emailId) return true;
    if (drafts && email.mailboxIds[drafts.id]) return false;
    return inTrash || !trash || !email.mailboxIds[trash.id];
  });
  const unreadKey = emails
    .filter((email) => !email.keywords.$seen)
    .map((email) => email.id)
    .join(' ');
  const { markRead } = actions;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is unread and shown counts
  useEffect(() => {
    if (unreadKey) void markRead(unreadKey.split(' '), true);
  }, [emailId, query.isSuccess]);

  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton active className="loading" paragraph={{ rows: 8 }} />;
  const shown = emails.find((email) => email.id === emailId) ?? emails[emails.length - 1];
  if (!shown) return <Empty title={t('gone')} />;
  return (
    <article className="reading">
      <Bar
        emails={emails}
        shown={shown}
        folder={folder}
        mailboxes={mailboxes}
        actions={actions}
        close={close}
      />
      <div className="reading-scroll">
        <h1>{shown.subject || t('noSubject')}</h1>
        <Messages key={emailId} emails={emails} shown={shown} {...{ account, ownDomains, reply }} />
      </div>
    </article>
  );
}

function Messages({
  emails,
  shown,
  account,
  ownDomains,
  reply,
}: {
  emails: Email[];
  shown: Email;
  account: string;
  ownDomains: ReadonlySet<string>;
  reply: (email: Email, kind: ReplyKind) => void;
}) {
  const newest = emails[emails.length - 1];
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () =>
      new Set([
        shown.id,
        ...(newest ? [newest.id] : []),
        ...emails.filter((email) => !email.keywords.$seen).map((email) => email.id),
      ]),
  );
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return emails.map((email) => (
    <Message
      key={email.id}
      email={email}
      account={account}
      open={open.has(email.id)}
      toggle={emails.length > 1 ? () => toggle(email.id) : undefined}
      ownDomains={ownDomains}
      reply={(kind) => reply(email, kind)}
    />
  ));
}

function Bar({
  emails,
  shown,
  folder,
  mailboxes,
  actions,
  close,
}: {
  emails: Email[];
  shown: Email;
  folder: Mailbox | undefined;
  mailboxes: Mailbox[];
  actions: MailActions;
  close: () => void;
}) {
  const t = useTexts(texts);
  const folderName = useFolderName();
  const here = emails.filter((email) => !folder || email.mailboxIds[folder.id]).map((email) => email.id);
  const ids = here.length > 0 ? here : [shown.id];
  const starred = shown.keywords.$flagged === true;
  const after = (act: () => void) => () => {
    act();
    close();
  };
  return (
    <div className="reading-bar">
      <Button
        type="text"
        className="reading-back"
        icon={<ArrowLeftOutlined />}
        aria-label={t('backToList')}
        onClick={close}
      />
      <Tooltip title={t(folder?.role === 'trash' ? 'deleteForever' : 'delete')}>
        <Button
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t('delete')}
          onClick={after(() => actions.remove(ids, folder))}
        />
      </Tooltip>
      <Dropdown
        trigger={['click']}
        menu={{
          items: sortFolders(mailboxes)
            .filter((mailbox) => mailbox.id !== folder?.id && mailbox.role !== 'drafts')
            .map((mailbox) => ({
              key: mailbox.id,
              label: folderName(mailbox),
              onClick: after(() => void actions.move(ids, mailbox, folder, folderName(mailbox))),
            })),
        }}
      >
        <Tooltip title={t('move')}>
          <Button type="text" icon={<FolderOutlined />} aria-label={t('move')} />
        </Tooltip>
      </Dropdown>
      <Tooltip title={t('markUnread')}>
        <Button
          type="text"
          icon={<MailOutlined />}
          aria-label={t('markUnread')}
          onClick={after(() => void actions.markRead([shown.id], false))}
        />
      </Tooltip>
      <Tooltip title={t(starred ? 'unstar' : 'star')}>
        <Button
          type="text"
          icon={starred ? <StarFilled className="star" /> : <StarOutlined />}
          aria-pressed={starred}
          aria-label={t(starred ? 'unstar' : 'star')}
          onClick={() => void actions.star([shown.id], !starred)}
        />
      </Tooltip>
    </div>
  );
}
