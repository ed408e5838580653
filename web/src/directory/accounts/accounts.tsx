import { PlusOutlined } from '@ant-design/icons';
import type { Account, AccountState, Unit } from '@hongyan/contract';
import { Button, Input, Select, Switch } from 'antd';
import { useDeferredValue, useState } from 'react';
import { More } from '../../console/more.tsx';
import { usePages } from '../../console/pages.ts';
import { useMay } from '../../kit/session.ts';
import { Empty, Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { number } from '../../kit/time.ts';
import { UnitTree } from '../unit-tree.tsx';
import { AccountDrawer } from './account-drawer.tsx';
import { AccountsTable, type Sort } from './accounts-table.tsx';
import { CreateDrawer } from './create-drawer.tsx';
import { texts } from './texts.ts';
import { UnitDialog, UnitMenu, type UnitTask } from './units.tsx';
import './accounts.css';

const states = ['active', 'disabled', 'expired', 'deleted'] as const;

/** 部门帐号管理: the tree of units at the left, the accounts of the chosen one at the right. */
export default function Accounts() {
  const t = useTexts(texts);
  const mayUnits = useMay('units');
  const [unit, setUnit] = useState<Unit>();
  const [below, setBelow] = useState(false);
  const [words, setWords] = useState('');
  const [state, setState] = useState<AccountState>();
  const [sort, setSort] = useState<Sort>();
  const [creating, setCreating] = useState(false);
  const [opened, setOpened] = useState<Account>();
  const [task, setTask] = useState<UnitTask>();
  const search = useDeferredValue(words.trim());
  const accounts = usePages<Account>('/accounts', {
    search,
    state,
    sort,
    unit: unit?.id,
    below: unit && below ? true : undefined,
  });
  const total = accounts.data?.pages[0]?.total;

  return (
    <div className="accounts">
      <aside className="card accounts-units">
        <div className="card-head">
          <h2>{t('units')}</h2>
          {mayUnits && (
            <Button
              type="text"
              size="small"
              icon={<PlusOutlined />}
              aria-label={t('newUnit')}
              onClick={() => setTask({ kind: 'create', parent: unit })}
            />
          )}
        </div>
        <button
          type="button"
          className="directory-all"
          data-active={unit === undefined || undefined}
          onClick={() => setUnit(undefined)}
        >
          {t('allAccounts')}
        </button>
        <UnitTree
          from="/units"
          label={t('units')}
          selected={unit?.id}
          onSelect={setUnit}
          title={(one) => (
            <span className="unit-row">
              <span>{one.name}</span>
              <small title={t('unitCounts', { children: one.children, accounts: one.accounts })}>
                {one.children}/{one.accounts}
              </small>
              {mayUnits && !one.isDefault && <UnitMenu unit={one} start={setTask} />}
            </span>
          )}
        />
      </aside>
      <div className="accounts-main">
        <div className="filters">
          <Input.Search
            allowClear
            className="filter-words"
            placeholder={t('searchHint')}
            aria-label={t('searchHint')}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <Select<AccountState>
            allowClear
            className="accounts-state"
            placeholder={t('anyState')}
            aria-label={t('state')}
            value={state}
            onChange={setState}
            options={states.map((one) => ({ value: one, label: t(one) }))}
          />
          {unit && (
            // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control
            <label className="filter-switch">
              <Switch size="small" checked={below} onChange={setBelow} /> {t('below')}
            </label>
          )}
          {total !== undefined && <span className="quiet">{t('total', { count: number(total) })}</span>}
          <Button
            type="primary"
            className="accounts-new"
            icon={<PlusOutlined />}
            onClick={() => setCreating(true)}
          >
            {t('newAccount')}
          </Button>
        </div>
        <Loaded query={accounts} rows={10}>
          {(data) => {
            const items = data.pages.flatMap((page) => page.items);
            if (items.length === 0) {
              return (
                <div className="card">
                  <Empty title={t('noAccounts')} more={t('noAccountsMore')} />
                </div>
              );
            }
            return (
              <>
                <AccountsTable accounts={items} sort={sort} setSort={setSort} open={setOpened} />
                <More pages={accounts} />
              </>
            );
          }}
        </Loaded>
      </div>
      {creating && <CreateDrawer unit={unit} close={() => setCreating(false)} />}
      {opened && <AccountDrawer key={opened.id} id={opened.id} close={() => setOpened(undefined)} />}
      {task && <UnitDialog task={task} close={() => setTask(undefined)} />}
    </div>
  );
}
