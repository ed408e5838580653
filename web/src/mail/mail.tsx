import { EditOutlined, MenuOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Drawer, Input, Segmented, Splitter } from 'antd';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { usePageTitle } from '../kit/page-title.ts';
import { usePhone, useWide } from '../kit/screen.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import type { VirtualListHandle } from '../kit/virtual-list.tsx';
import { useMailActions } from './actions.ts';
import { Folders, type Place } from './folders.tsx';
import type { JmapSession, Mailbox } from './jmap.ts';
import { MailList } from './mail-list.tsx';
import { domainOf, useFolderName } from './names.ts';
import {
  accountsOf,
  type Filter,
  type MailAccount,
  type Row,
  useAllMailboxes,
  useEmailList,
  useMailEvents,
  useMailSession,
} from './queries.ts';
import { Reading } from './reading.tsx';
import { texts } from './texts.ts';
import { useComposer } from './use-composer.ts';
import { useMailKeys } from './use-mail-keys.ts';
import './mail.css';

const Compose = lazy(() => import('./compose/compose.tsx').then((module) => ({ default: module.Compose })));

export function MailPage() {
  const t = useTexts(texts);
  const session = useMailSession();
  usePageTitle(t('title'));
  return (
    <Loaded query={session} rows={12}>
      {(data) => <MailRoom session={data} />}
    </Loaded>
  );
}

function MailRoom({ session }: { session: JmapSession }) {
  const t = useTexts(texts);
  const accounts = accountsOf(session);
  const mailboxes = useAllMailboxes(accounts);
  const [own] = accounts;
  const first = mailboxes[0];
  if (!own || !first) return <Empty title={t('noAnswer')} />;
  return (
    <Loaded query={first} rows={12}>
      {() => <Mail accounts={accounts} mailboxes={mailboxes.map((query) => query.data)} own={own} />}
    </Loaded>
  );
}

function Mail({
  accounts,
  mailboxes,
  own,
}: {
  accounts: MailAccount[];
  mailboxes: (Mailbox[] | undefined)[];
  own: MailAccount;
}) {
  const t = useTexts(texts);
  const wide = useWide();
  const phone = usePhone();
  const navigate = useNavigate();
  const search = useSearch({ from: '/mail' });
  const folderName = useFolderName();
  const [menu, setMenu] = useState(false);
  const [filter, setFilter] = useState<Filter>('all');
  const rows = useRef<VirtualListHandle>(null);
  useMailEvents();

  const account = accounts.find((one) => one.id === search.account) ?? own;
  const folders = mailboxes[accounts.indexOf(account)] ?? [];
  const folder =
    folders.find((one) => one.id === search.folder) ??
    folders.find((one) => one.role === 'inbox') ??
    folders[0];
  const words = search.search ?? '';
  const list = useEmailList({
    account: account.id,
    mailbox: words ? undefined : folder?.id,
    search: words,
    filter,
  });
  const shownRows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const actions = useMailActions(account.id, folders);
  const composer = useComposer(accounts, account);
  usePageTitle(folder ? folderName(folder) : t('title'));

  const go = useCallback(
    (change: { account?: string; folder?: string; email?: string; search?: string }) =>
      void navigate({ to: '/mail', search: change }),
    [navigate],
  );
  const place: Place = { account: account.id, mailbox: folder?.id ?? '' };
  const here = { account: account.id, folder: place.mailbox, ...(words && { search: words }) };
  const open = (row: Row) => {
    if (folder?.role === 'drafts' && row.keywords.$draft) void composer.reopen(row.id);
    else go({ ...here, email: row.id });
  };
  const close = () => go(here);
  const { writeTo } = composer;
  useEffect(() => {
    if (!search.to || !composer.ready) return;
    writeTo(search.to);
    go({});
  }, [search.to, composer.ready, writeTo, go]);

  useMailKeys({
    rows: shownRows,
    chosen: search.email,
    open: (row, index) => {
      open(row);
      rows.current?.reveal(index);
    },
    reply: (kind) => search.email && void composer.replyToId(search.email, kind),
    archive: (row) => {
      const archive = folders.find((one) => one.role === 'archive');
      if (archive) void actions.move([row.id], archive, folder, folderName(archive));
    },
    remove: (row) => {
      actions.remove([row.id], folder);
      close();
    },
    compose: composer.write,
    close,
  });

  const column = (
    <Folders
      accounts={accounts}
      mailboxes={mailboxes}
      place={words ? { account: account.id, mailbox: '' } : place}
      go={(next) => {
        setMenu(false);
        setFilter('all');
        go({ account: next.account, folder: next.mailbox });
      }}
      compose={() => {
        setMenu(false);
        composer.write();
      }}
    />
  );
  const listPane = (
    <section className="mail-pane">
      <div className="mail-tools">
        {!wide && (
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('folders')}
            onClick={() => setMenu(true)}
          />
        )}
        <Input.Search
          key={words}
          allowClear
          defaultValue={words}
          placeholder={t('searchHint')}
          aria-label={t('searchHint')}
          onSearch={(value) =>
            go({ ...place, folder: place.mailbox, ...(value.trim() && { search: value.trim() }) })
          }
        />
      </div>
      <div className="mail-heading">
        <h1>{words ? t('searching', { words }) : folder && folderName(folder)}</h1>
        <Segmented<Filter>
          size="small"
          value={filter}
          options={[
            { value: 'all', label: t('filterAll') },
            { value: 'unread', label: t('filterUnread') },
            { value: 'star', label: t('filterStar') },
          ]}
          onChange={setFilter}
        />
      </div>
      <MailList
        ref={rows}
        list={list}
        chosen={search.email}
        outgoing={folder?.role === 'sent' || folder?.role === 'drafts'}
        searching={words !== ''}
        open={open}
        star={(row, on) => void actions.star([row.id], on)}
      />
    </section>
  );
  const readingPane = search.email ? (
    <Reading
      key={search.email}
      account={account.id}
      emailId={search.email}
      folder={folder}
      mailboxes={folders}
      actions={actions}
      ownDomains={new Set(composer.senders.map((sender) => domainOf(sender.email)))}
      close={close}
      reply={(email, kind) => void composer.reply(email, kind)}
    />
  ) : (
    <Empty title={t('choose')} more={t('chooseMore')} />
  );

  return (
    <div className="mail" data-wide={wide || undefined}>
      {wide && column}
      {phone && (search.email ? readingPane : listPane)}
      {!phone && (
        <Splitter className="mail-split">
          <Splitter.Panel defaultSize={380} min={280} max="60%">
            {listPane}
          </Splitter.Panel>
          <Splitter.Panel min={320}>{readingPane}</Splitter.Panel>
        </Splitter>
      )}
      {!wide && (
        <Drawer open={menu} placement="left" size={280} title={t('folders')} onClose={() => setMenu(false)}>
          {column}
        </Drawer>
      )}
      {phone && !search.email && (
        <Button
          type="primary"
          className="mail-write"
          shape="round"
          size="large"
          icon={<EditOutlined />}
          onClick={composer.write}
        >
          {t('compose')}
        </Button>
      )}
      {composer.draft && (
        <Suspense fallback={null}>
          <Compose
            key={composer.number}
            initial={composer.draft}
            senders={composer.senders}
            close={composer.close}
          />
        </Suspense>
      )}
    </div>
  );
}
