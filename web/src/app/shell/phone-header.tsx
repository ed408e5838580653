import { LeftOutlined, SearchOutlined } from '@ant-design/icons';
import { useLocation, useRouter } from '@tanstack/react-router';
import { Button } from 'antd';
import { Logo } from '../../kit/logo.tsx';
import { useCurrentTitle } from '../../kit/page-title.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { texts } from '../texts.ts';

const roots = new Set(['/hall', '/hall/services', '/hall/apps', '/tasks', '/messages', '/mail', '/me']);

/** Pages push and go back; the five roots have no way back. */
export function PhoneHeader({ search }: { search: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const title = useCurrentTitle();
  const router = useRouter();
  const { pathname, search: asked } = useLocation();
  // 个人中心 lists its pages; each of them is one step further.
  const isRoot = roots.has(pathname) && !(pathname === '/me' && 'tab' in asked && asked.tab);
  const parent = /^\/(cases|tasks)/.test(pathname)
    ? '/tasks'
    : /^\/(directory|console|me)/.test(pathname)
      ? '/me'
      : '/hall';
  const back = () => {
    if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to: parent });
  };
  return (
    <header className="phone-head">
      {isRoot ? (
        <Logo size={28} />
      ) : (
        <Button type="text" icon={<LeftOutlined />} aria-label={tc('back')} onClick={back} />
      )}
      <h1 className="phone-title">{title || t('product')}</h1>
      <Button type="text" icon={<SearchOutlined />} aria-label={t('search')} onClick={search} />
    </header>
  );
}
