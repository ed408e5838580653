import { ArrowLeftOutlined } from '@ant-design/icons';
import type { MailRulesView } from '@hongyan/contract';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button, Select } from 'antd';
import { usePageTitle } from '../../kit/page-title.ts';
import { usePhone } from '../../kit/screen.ts';
import { Loaded } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { useTexts } from '../../kit/texts.ts';
import { accountsOf, type MailAccount, useMailSession } from '../queries.ts';
import { BlockListForm } from './block-list.tsx';
import { Clients } from './clients.tsx';
import { Filters } from './filters.tsx';
import { ForwardingForm } from './forwarding.tsx';
import { numberOf, useRules } from './queries.ts';
import { RestoreMail } from './restore.tsx';
import { Scripts } from './scripts.tsx';
import { settingsTexts } from './texts.ts';
import { VacationForm } from './vacation.tsx';
import './settings.css';

const TABS = ['vacation', 'forwarding', 'filters', 'blocked', 'scripts', 'clients', 'restore'] as const;
type TabKey = (typeof TABS)[number];

/** 邮箱设置: what the server does with mail by itself, for one's own mailbox and those of units. */
export function MailSettingsPage() {
  const t = useTexts(settingsTexts);
  const session = useMailSession();
  usePageTitle(t('title'));
  return (
    <Loaded query={session} rows={10}>
      {(data) => <Page accounts={accountsOf(data)} />}
    </Loaded>
  );
}

function Page({ accounts }: { accounts: MailAccount[] }) {
  const t = useTexts(settingsTexts);
  const navigate = useNavigate();
  const phone = usePhone();
  const search = useSearch({ from: '/mail/settings' });
  const account = accounts.find((one) => one.id === search.account) ?? accounts[0];
  const tab = TABS.find((one) => one === search.tab) ?? 'vacation';
  const go = (change: { account?: string; tab?: string }) =>
    void navigate({ to: '/mail/settings', search: { ...search, ...change }, replace: true });
  return (
    <div className="page own-settings">
      <div className="page-head">
        {!phone && (
          <Link to="/mail" search={account ? { account: account.id } : {}}>
            <Button type="text" icon={<ArrowLeftOutlined />}>
              {t('backToMail')}
            </Button>
          </Link>
        )}
        <h1>{t('title')}</h1>
        {accounts.length > 1 && (
          <Select
            className="own-settings-who"
            aria-label={t('mailbox')}
            value={account?.id}
            options={accounts.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(id) => go({ account: id })}
          />
        )}
      </div>
      {account && (
        <Rules key={account.id} account={account.id} tab={tab} onTab={(next) => go({ tab: next })} />
      )}
    </div>
  );
}

function Rules({ account, tab, onTab }: { account: string; tab: TabKey; onTab: (tab: TabKey) => void }) {
  const t = useTexts(settingsTexts);
  const number = numberOf(account);
  const rules = useRules(number);
  const content = (view: MailRulesView, key: TabKey) => {
    const props = { account: number, view };
    switch (key) {
      case 'vacation':
        return <VacationForm {...props} />;
      case 'forwarding':
        return <ForwardingForm {...props} />;
      case 'filters':
        return <Filters {...props} jmapAccount={account} />;
      case 'blocked':
        return <BlockListForm {...props} />;
      case 'scripts':
        return <Scripts {...props} />;
      case 'clients':
        return <Clients />;
      case 'restore':
        return <RestoreMail account={number} />;
    }
  };
  return (
    <Loaded query={rules} rows={8}>
      {(view) => (
        <>
          {!view.mayChange && <Alert type="info" showIcon title={t('readOnly')} />}
          <Tabs
            label={t('title')}
            active={tab}
            onChange={onTab}
            items={TABS.map((key) => ({ key, label: t(key), content: content(view, key) }))}
          />
        </>
      )}
    </Loaded>
  );
}
