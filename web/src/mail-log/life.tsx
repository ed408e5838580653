import type { MailLife } from '@hongyan/contract';
import { Button, Timeline } from 'antd';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime, size } from '../kit/time.ts';
import { logTexts } from './texts.ts';
import { toneOf } from './tones.ts';
import './life.css';

/** The whole life of a message on one page: session, checks, queue, each recipient, and what it led to. */
export function Life({ life, onOpen }: { life: MailLife; onOpen: (ref: string) => void }) {
  const t = useTexts(logTexts);
  const { session } = life;
  return (
    <div className="mail-life">
      <h3>{life.subject || t('noSubject')}</h3>
      <dl>
        <Line name={t('sender')} value={life.sender || t('nobody')} />
        <Line name={t('direction')} value={t(life.direction)} />
        <Line name={t('arrival')} value={fullTime(life.at)} />
        <Line name={t('size')} value={size(life.size)} />
        {session.remote && (
          <Line
            name={t('from')}
            value={`${session.remote}${session.helo ? ` (${session.helo})` : ''} · ${session.tls ? `${t('encrypted')} ${session.tls}` : t('plain')}`}
          />
        )}
        <Line name={t('number')} value={life.ref} />
        {life.messageId && <Line name={t('messageId')} value={life.messageId} />}
      </dl>
      {life.cause && (
        <p>
          {t('cause')}：<OpenOther target={life.cause} onOpen={onOpen} label={life.cause} />
        </p>
      )}
      <h4>{t('checks')}</h4>
      {life.junk && <StatusTag tone="warn">{t('junk')}</StatusTag>}
      {life.checks.length === 0 ? (
        <p className="quiet">{t('noChecks')}</p>
      ) : (
        <ul className="mail-life-checks">
          {life.checks.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <h4>{t('recipients')}</h4>
      <ul className="mail-life-recipients">
        {life.recipients.map((one) => (
          <li key={one.address}>
            <div className="mail-life-recipient">
              <strong>{one.address}</strong>
              <StatusTag tone={toneOf(one.state)}>{t(one.state)}</StatusTag>
            </div>
            {one.copies.map((copy) => (
              <div key={copy.folder} className="quiet">
                {t('inFolder', { folder: copy.folder ?? '' })}
                {copy.read === undefined ? '' : ` · ${copy.read ? t('read') : t('unread')}`}
              </div>
            ))}
            {one.state === 'delivered' && one.copies.length === 0 && !one.reply && (
              <div className="quiet">{t('gone')}</div>
            )}
            {(one.reply || one.remote) && (
              <div className="mail-life-words">{[one.remote, one.reply].filter(Boolean).join(' · ')}</div>
            )}
            {one.attempts > 1 && <div className="quiet">{t('attempts', { count: one.attempts })}</div>}
            {one.nextAt && <div className="quiet">{t('nextTry', { time: fullTime(one.nextAt) })}</div>}
          </li>
        ))}
      </ul>
      {life.moreRecipients > 0 && (
        <p className="quiet">{t('moreRecipients', { count: life.moreRecipients })}</p>
      )}
      <Course life={life} />
      {life.made.length > 0 && (
        <>
          <h4>{t('made')}</h4>
          <ul className="mail-life-made">
            {life.made.map((one) => (
              <li key={one.ref}>
                <OpenOther target={one.ref} onOpen={onOpen} label={one.subject || t('noSubject')} />
                <span className="quiet"> {fullTime(one.at)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

const KNOWN = [
  'deferred',
  'bounced',
  'delayed',
  'delivered',
  'relayed',
  'failed',
  'expired',
  'refused',
] as const;
type Known = (typeof KNOWN)[number];
const isKnown = (event: string): event is Known => KNOWN.some((one) => one === event);

function Course({ life }: { life: MailLife }) {
  const t = useTexts(logTexts);
  const items = [
    { key: 'accepted', color: 'green', title: fullTime(life.at), content: t('accepted') },
    ...life.events.map((event, index) => ({
      key: String(index),
      color: event.status?.startsWith('5') ? 'red' : event.status?.startsWith('4') ? 'orange' : 'blue',
      title: fullTime(event.at),
      content: [
        isKnown(event.event) ? t(event.event) : t('other'),
        event.address,
        [event.status, event.detail].filter(Boolean).join(' '),
      ]
        .filter(Boolean)
        .join(' · '),
    })),
  ];
  return (
    <>
      <h4>{t('course')}</h4>
      <Timeline items={items} />
    </>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function OpenOther({
  target,
  label,
  onOpen,
}: {
  target: string;
  label: string;
  onOpen: (ref: string) => void;
}) {
  return (
    <Button type="link" size="small" onClick={() => onOpen(target)}>
      {label}
    </Button>
  );
}
