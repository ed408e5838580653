import type { Permission } from '@hongyan/contract';
import { type ComponentType, lazy } from 'react';

export type SectionKey =
  | 'home'
  | 'accounts'
  | 'unit-mailboxes'
  | 'administrators'
  | 'domains'
  | 'queue'
  | 'mail-log'
  | 'mail-settings'
  | 'quarantine'
  | 'dkim'
  | 'dmarc'
  | 'failed-actions'
  | 'audit'
  | 'outbox';

interface ConsoleSection {
  key: SectionKey;
  needs: Permission;
  /** Only with sample data. */
  sample?: boolean;
  page: ComponentType;
}

/** What the console offers, in its order, and the right that each page needs. */
export const sections: ConsoleSection[] = [
  { key: 'home', needs: 'console', page: lazy(() => import('./home.tsx')) },
  { key: 'accounts', needs: 'accounts', page: lazy(() => import('../directory/accounts/accounts.tsx')) },
  { key: 'unit-mailboxes', needs: 'unit_mailboxes', page: lazy(() => import('./unit-mailboxes.tsx')) },
  { key: 'administrators', needs: 'administrators', page: lazy(() => import('./administrators.tsx')) },
  { key: 'domains', needs: 'domains', page: lazy(() => import('./domains.tsx')) },
  { key: 'queue', needs: 'queue', page: lazy(() => import('./queue.tsx')) },
  { key: 'mail-log', needs: 'queue', page: lazy(() => import('./mail-log.tsx')) },
  { key: 'quarantine', needs: 'queue', page: lazy(() => import('./trust/quarantine.tsx')) },
  { key: 'dkim', needs: 'domains', page: lazy(() => import('./trust/dkim.tsx')) },
  { key: 'dmarc', needs: 'domains', page: lazy(() => import('./trust/dmarc.tsx')) },
  { key: 'mail-settings', needs: 'institution', page: lazy(() => import('./mail-settings/page.tsx')) },
  { key: 'failed-actions', needs: 'failed_actions', page: lazy(() => import('./failed-actions.tsx')) },
  { key: 'audit', needs: 'audit', page: lazy(() => import('./audit.tsx')) },
  { key: 'outbox', needs: 'institution', sample: true, page: lazy(() => import('./outbox.tsx')) },
];
