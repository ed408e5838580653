import {
  BellOutlined,
  ControlOutlined,
  LogoutOutlined,
  SearchOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Badge, Button, Dropdown, Tooltip } from 'antd';
import { useCounts } from '../../kit/live.ts';
import { Logo } from '../../kit/logo.tsx';
import { Face } from '../../kit/person.tsx';
import { useMay, useMe, useSignOut } from '../../kit/session.ts';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';
import { useSections } from './sections.ts';

export function TopBar({ institution, search }: { institution: string; search: () => void }) {
  const t = useTexts(texts);
  const counts = useCounts();
  const sections = useSections();
  return (
    <header className="top">
      <Link to="/hall" className="top-brand">
        <Logo size={30} />
        <span>{institution || t('product')}</span>
      </Link>
      <nav className="top-sections" aria-label={t('sections')}>
        {sections.map((section) => (
          <Link key={section.to} to={section.to} data-active={section.active || undefined}>
            {section.label}
            {section.count > 0 && (
              <span className="top-count">{section.count > 99 ? '99+' : section.count}</span>
            )}
          </Link>
        ))}
      </nav>
      <button type="button" className="top-search" onClick={search}>
        <SearchOutlined />
        <span>{t('searchHint')}</span>
        <kbd>{t('searchKeys')}</kbd>
      </button>
      <Tooltip title={t('messages')}>
        <Link
          to="/messages"
          className="top-bell"
          aria-label={t('unreadMessages', { count: counts.messages })}
        >
          <Badge count={counts.messages} size="small" overflowCount={99}>
            <BellOutlined />
          </Badge>
        </Link>
      </Tooltip>
      <AvatarMenu />
    </header>
  );
}

function AvatarMenu() {
  const t = useTexts(texts);
  const me = useMe();
  const rights = useMay('console');
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          {
            key: 'who',
            disabled: true,
            className: 'top-who',
            label: (
              <>
                <strong>{me.name}</strong>
                <small>{[me.number, me.unit?.name].filter(Boolean).join(' · ') || me.address}</small>
              </>
            ),
          },
          { type: 'divider' },
          { key: 'me', icon: <UserOutlined />, label: t('me'), onClick: () => void navigate({ to: '/me' }) },
          ...(rights
            ? [
                {
                  key: 'platform',
                  icon: <ControlOutlined />,
                  label: t('platform'),
                  onClick: () => void navigate({ to: '/console' }),
                },
              ]
            : []),
          { type: 'divider' as const },
          { key: 'out', icon: <LogoutOutlined />, label: t('signOut'), onClick: signOut },
        ],
      }}
    >
      <Button type="text" className="top-avatar">
        <Face name={me.name} size={30} />
        <span className="top-name">{me.name}</span>
        <span className="hy-hidden">{t('account')}</span>
      </Button>
    </Dropdown>
  );
}
