import {
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  BookOutlined,
  BugOutlined,
  CalendarOutlined,
  CarOutlined,
  CloudServerOutlined,
  CoffeeOutlined,
  DesktopOutlined,
  DollarOutlined,
  FileTextOutlined,
  GlobalOutlined,
  HomeOutlined,
  IdcardOutlined,
  KeyOutlined,
  LaptopOutlined,
  LinkOutlined,
  LockOutlined,
  MailOutlined,
  NotificationOutlined,
  PhoneOutlined,
  PrinterOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  SolutionOutlined,
  SwapOutlined,
  TeamOutlined,
  ToolOutlined,
  UserOutlined,
  WifiOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import './service-icon.css';

/** The names that a service may give its icon. */
const icons = new Map<string, ComponentType>([
  ['api', ApiOutlined],
  ['app', AppstoreOutlined],
  ['audit', AuditOutlined],
  ['approval', AuditOutlined],
  ['bank', BankOutlined],
  ['book', BookOutlined],
  ['bug', BugOutlined],
  ['calendar', CalendarOutlined],
  ['car', CarOutlined],
  ['cloud', CloudServerOutlined],
  ['server', CloudServerOutlined],
  ['coffee', CoffeeOutlined],
  ['meal', CoffeeOutlined],
  ['desktop', DesktopOutlined],
  ['money', DollarOutlined],
  ['finance', DollarOutlined],
  ['file', FileTextOutlined],
  ['form', FileTextOutlined],
  ['document', FileTextOutlined],
  ['global', GlobalOutlined],
  ['globe', GlobalOutlined],
  ['web', GlobalOutlined],
  ['home', HomeOutlined],
  ['house', HomeOutlined],
  ['idcard', IdcardOutlined],
  ['key', KeyOutlined],
  ['laptop', LaptopOutlined],
  ['link', LinkOutlined],
  ['lock', LockOutlined],
  ['mail', MailOutlined],
  ['notice', NotificationOutlined],
  ['phone', PhoneOutlined],
  ['print', PrinterOutlined],
  ['read', ReadOutlined],
  ['library', ReadOutlined],
  ['security', SafetyCertificateOutlined],
  ['safety', SafetyCertificateOutlined],
  ['shield', SafetyCertificateOutlined],
  ['schedule', ScheduleOutlined],
  ['solution', SolutionOutlined],
  ['swap', SwapOutlined],
  ['transfer', SwapOutlined],
  ['team', TeamOutlined],
  ['people', TeamOutlined],
  ['tool', ToolOutlined],
  ['repair', ToolOutlined],
  ['user', UserOutlined],
  ['person', UserOutlined],
  ['wifi', WifiOutlined],
  ['network', WifiOutlined],
]);
const TONES = 5;

/** A tinted tile: the named icon, or the first character of the name. */
export function ServiceIcon({ icon, name, size = 40 }: { icon: string; name: string; size?: number }) {
  const Icon = icons.get(icon.toLowerCase());
  const tone = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % TONES;
  return (
    <span
      className="service-icon"
      data-tone={tone}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.48) }}
      aria-hidden="true"
    >
      {Icon ? <Icon /> : name.slice(0, 1)}
    </span>
  );
}
