import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
  EditOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import type { FilterRule, MailRulesView } from '@hongyan/contract';
import { App, Button, Switch } from 'antd';
import { useState } from 'react';
import { Empty } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { useMailboxes } from '../queries.ts';
import { FilterEditor } from './filter-editor.tsx';
import { NEW_FILTER, useFilterWords } from './filter-words.ts';
import { useSaveRules } from './queries.ts';
import { settingsTexts } from './texts.ts';

export function Filters({
  account,
  view,
  jmapAccount,
}: {
  account: number;
  view: MailRulesView;
  jmapAccount: string;
}) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const { modal } = App.useApp();
  const words = useFilterWords();
  const mailboxes = useMailboxes(jmapAccount);
  const save = useSaveRules(account, view);
  /** The filter that is edited; -1 is a new one. */
  const [edited, setEdited] = useState<number>();
  const { filters } = view.rules;
  const replace = (index: number, ...next: FilterRule[]) =>
    save.mutate({ filters: filters.toSpliced(index, 1, ...next) });
  const swap = (index: number) => {
    const [first, second] = [filters[index], filters[index + 1]];
    if (first && second) save.mutate({ filters: filters.toSpliced(index, 2, second, first) });
  };
  const off = !view.mayChange || save.isPending;
  const add = (
    <Button type="primary" icon={<PlusOutlined />} disabled={off} onClick={() => setEdited(-1)}>
      {t('addFilter')}
    </Button>
  );
  return (
    <section className="card own-form">
      <p className="quiet">{t('filtersAbout')}</p>
      {filters.length === 0 && <Empty title={t('noFilters')} more={t('noFiltersMore')} action={add} />}
      {filters.length > 0 && (
        <>
          <ol className="own-list">
            {filters.map((filter, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, and rows hold nothing of their own
              <li key={index}>
                <Switch
                  size="small"
                  aria-label={t('turn', { name: filter.name })}
                  checked={filter.enabled}
                  disabled={off}
                  onChange={(enabled) => replace(index, { ...filter, enabled })}
                />
                <div className="own-list-text">
                  <strong>{filter.name}</strong>
                  <p className="quiet">{words.describe(filter)}</p>
                </div>
                <div className="own-list-tools">
                  <Button
                    type="text"
                    icon={<ArrowUpOutlined />}
                    aria-label={t('up', { name: filter.name })}
                    disabled={off || index === 0}
                    onClick={() => swap(index - 1)}
                  />
                  <Button
                    type="text"
                    icon={<ArrowDownOutlined />}
                    aria-label={t('down', { name: filter.name })}
                    disabled={off || index === filters.length - 1}
                    onClick={() => swap(index)}
                  />
                  <Button
                    type="text"
                    icon={<EditOutlined />}
                    aria-label={t('editOne', { name: filter.name })}
                    disabled={off}
                    onClick={() => setEdited(index)}
                  />
                  <Button
                    type="text"
                    danger
                    icon={<DeleteOutlined />}
                    aria-label={t('removeOne', { name: filter.name })}
                    disabled={off}
                    onClick={() =>
                      void modal.confirm({
                        title: t('removeAsk', { name: filter.name }),
                        okText: tc('remove'),
                        cancelText: tc('cancel'),
                        okButtonProps: { danger: true },
                        onOk: () => replace(index),
                      })
                    }
                  />
                </div>
              </li>
            ))}
          </ol>
          <div>{add}</div>
        </>
      )}
      {edited !== undefined && (
        <FilterEditor
          initial={filters[edited] ?? NEW_FILTER}
          isNew={edited < 0}
          mailboxes={mailboxes.data ?? []}
          saving={save.isPending}
          close={() => setEdited(undefined)}
          save={(filter) =>
            save.mutate(
              { filters: edited < 0 ? [...filters, filter] : filters.toSpliced(edited, 1, filter) },
              { onSuccess: () => setEdited(undefined) },
            )
          }
        />
      )}
    </section>
  );
}
