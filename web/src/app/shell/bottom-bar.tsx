import {
  AppstoreOutlined,
  BellOutlined,
  CheckSquareOutlined,
  MailOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Link, useLocation } from '@tanstack/react-router';
import { Badge } from 'antd';
import { useCounts } from '../../kit/live.ts';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';

export function BottomBar() {
  const t = useTexts(texts);
  const { pathname } = useLocation();
  const counts = useCounts();
  const at = (...prefixes: string[]) => prefixes.some((p) => pathname === p || pathname.startsWith(`${p}/`));
  const places = [
    { to: '/hall', label: t('hallShort'), icon: <AppstoreOutlined />, count: 0, active: at('/hall') },
    {
      to: '/tasks',
      label: t('todo'),
      icon: <CheckSquareOutlined />,
      count: counts.todo,
      active: at('/tasks', '/cases'),
    },
    {
      to: '/messages',
      label: t('messages'),
      icon: <BellOutlined />,
      count: counts.messages,
      active: at('/messages'),
    },
    { to: '/mail', label: t('mail'), icon: <MailOutlined />, count: counts.mail, active: at('/mail') },
    {
      to: '/me',
      label: t('mine'),
      icon: <UserOutlined />,
      count: 0,
      active: at('/me', '/directory', '/console'),
    },
  ] as const;
  return (
    <nav className="bottom" aria-label={t('sections')}>
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          data-active={place.active || undefined}
          aria-current={place.active ? 'page' : undefined}
        >
          <Badge count={place.count} size="small" overflowCount={99}>
            <span className="bottom-icon">{place.icon}</span>
          </Badge>
          <span>{place.label}</span>
        </Link>
      ))}
    </nav>
  );
}
