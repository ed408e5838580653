import type { MailView } from '@hongyan/contract';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../kit/api.ts';
import { translate, useTexts } from '../kit/texts.ts';
import { texts } from './texts.ts';

const pathOf = (account: string, emailId: string) =>
  `/mail-view/${encodeURIComponent(account)}/${encodeURIComponent(emailId)}`;

export async function fetchMailView(account: string, emailId: string, pictures: boolean): Promise<MailView> {
  const response = await fetch(`${pathOf(account, emailId)}?format=json&remote=${pictures ? 1 : 0}`, {
    credentials: 'same-origin',
  }).catch(() => undefined);
  if (!response?.ok) {
    throw new ApiError(response?.status ?? 0, {
      code: 'mail_view',
      message: translate(texts, response?.status === 404 ? 'gone' : 'noAnswer'),
    });
  }
  return response.json();
}

const LEAST = 60;
/** When the frame may not be measured it scrolls by itself. */
const UNKNOWN = 480;

/**
 * The mail as the server sanitised it, in a frame without scripts and under its own policy. It may be read
 * from here (same origin) only so that its height can follow its content.
 */
export function MailFrame({
  account,
  emailId,
  pictures,
}: {
  account: string;
  emailId: string;
  pictures: boolean;
}) {
  const t = useTexts(texts);
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(LEAST);
  const [loads, setLoads] = useState(0);

  useEffect(() => {
    if (loads === 0) return;
    const page = frame.current?.contentDocument;
    if (!page?.body) return setHeight(UNKNOWN);
    const measure = () => setHeight(Math.max(LEAST, Math.ceil(page.documentElement.scrollHeight)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(page.body);
    return () => observer.disconnect();
  }, [loads]);

  return (
    <iframe
      ref={frame}
      className="mail-frame"
      title={t('body')}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      src={`${pathOf(account, emailId)}?remote=${pictures ? 1 : 0}`}
      style={{ height }}
      onLoad={() => setLoads(loads + 1)}
    />
  );
}
