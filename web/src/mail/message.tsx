import { DownOutlined, PaperClipOutlined, WarningOutlined } from '@ant-design/icons';
import type { MailView } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import { useState } from 'react';
import { Face } from '../kit/person.tsx';
import { Failed } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime, shortTime, size } from '../kit/time.ts';
import type { ReplyKind } from './compose/draft.ts';
import { downloadUrl, type Email } from './jmap.ts';
import { fetchMailView, MailFrame } from './mail-frame.tsx';
import { domainOf, nameOf } from './names.ts';
import { texts } from './texts.ts';

/** One mail of a conversation. */
export function Message({
  email,
  account,
  open,
  toggle,
  ownDomains,
  reply,
}: {
  email: Email;
  account: string;
  open: boolean;
  toggle: (() => void) | undefined;
  ownDomains: ReadonlySet<string>;
  reply: (kind: ReplyKind) => void;
}) {
  const t = useTexts(texts);
  const sender = email.from?.[0];
  const domain = sender ? domainOf(sender.email) : '';
  const outside = domain !== '' && ownDomains.size > 0 && !ownDomains.has(domain);
  const several = (email.to?.length ?? 0) + (email.cc?.length ?? 0) > 1;
  const head = (
    <>
      <Face name={nameOf(sender) || '?'} size={36} />
      <span className="message-who">
        <span>
          <strong>{nameOf(sender) || t('noSender')}</strong>
          {open && sender?.name && <small>{sender.email}</small>}
        </span>
        <small>
          {open
            ? t('toShort', { names: [...(email.to ?? []), ...(email.cc ?? [])].map(nameOf).join('、') })
            : email.preview}
        </small>
      </span>
      <time dateTime={email.receivedAt}>
        {open ? fullTime(email.receivedAt) : shortTime(email.receivedAt)}
      </time>
    </>
  );
  return (
    <section className="message" data-open={open || undefined}>
      {toggle ? (
        <button type="button" className="message-head" aria-expanded={open} onClick={toggle}>
          {head}
        </button>
      ) : (
        <div className="message-head">{head}</div>
      )}
      {open && (
        <>
          {outside && (
            <p className="message-outside">
              <WarningOutlined /> {t('outside', { domain })}
            </p>
          )}
          <Body email={email} account={account} />
          <Attachments email={email} account={account} />
          <div className="message-reply">
            <Button onClick={() => reply('reply')}>{t('reply')}</Button>
            {several && <Button onClick={() => reply('all')}>{t('replyAll')}</Button>}
            <Button onClick={() => reply('forward')}>{t('forward')}</Button>
          </div>
        </>
      )}
    </section>
  );
}

function Body({ email, account }: { email: Email; account: string }) {
  const t = useTexts(texts);
  const [pictures, setPictures] = useState(false);
  const view = useQuery<MailView>({
    queryKey: ['mail-view', account, email.id, pictures],
    queryFn: () => fetchMailView(account, email.id, pictures),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous) => previous,
  });
  if (view.error && !view.data) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (!view.data) return <Skeleton active title={false} paragraph={{ rows: 5 }} />;
  return (
    <>
      {view.data.blockedRemote && !pictures && (
        <div className="message-blocked">
          <span>{t('blocked')}</span>
          <Button size="small" onClick={() => setPictures(true)}>
            {t('showPictures')}
          </Button>
        </div>
      )}
      <MailFrame account={account} emailId={email.id} pictures={pictures} />
    </>
  );
}

function Attachments({ email, account }: { email: Email; account: string }) {
  const t = useTexts(texts);
  const files = email.attachments.filter(
    (part) => part.blobId && !(part.cid && part.disposition === 'inline'),
  );
  if (files.length === 0) return null;
  return (
    <div className="message-files">
      <span className="quiet">
        <PaperClipOutlined /> {t('attachments', { count: files.length })}
      </span>
      <ul>
        {files.map((part) => (
          <li key={part.blobId}>
            <a
              href={downloadUrl(account, part.blobId ?? '', part.name ?? '', part.type)}
              download={part.name ?? 'file'}
            >
              <span>{part.name ?? t('attachment')}</span>
              <small>{size(part.size)}</small>
              <DownOutlined />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
