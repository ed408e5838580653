import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { FilterAction, FilterCondition, FilterRule } from '@hongyan/contract';
import { Button, Checkbox, Drawer, Input, Segmented, Select } from 'antd';
import { useId, useState } from 'react';
import { usePhone } from '../../kit/screen.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import type { Mailbox } from '../jmap.ts';
import { sortFolders, useFolderName } from '../names.ts';
import { ACTIONS, FIELDS, isComplete, operatorsOf } from './filter-words.ts';
import { numberOf } from './queries.ts';
import { settingsTexts } from './texts.ts';

interface EditorProps {
  initial: FilterRule;
  isNew: boolean;
  mailboxes: Mailbox[];
  saving: boolean;
  close(): void;
  save(filter: FilterRule): void;
}

/** One filter in a drawer: conditions and actions as rows. */
export function FilterEditor({ initial, isNew, mailboxes, saving, close, save }: EditorProps) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const phone = usePhone();
  const [filter, setFilter] = useState(initial);
  const [tried, setTried] = useState(false);
  const { conditions, actions } = filter;
  const whole = isComplete(filter);
  const submit = () => {
    setTried(true);
    if (whole) save({ ...filter, name: filter.name.trim() });
  };
  return (
    <Drawer
      open
      size={phone ? '100%' : 640}
      title={t(isNew ? 'addFilter' : 'editFilter')}
      onClose={close}
      footer={
        <Button type="primary" loading={saving} onClick={submit}>
          {tc('save')}
        </Button>
      }
    >
      <div className="own-form">
        <div className="own-field">
          <label htmlFor={`${id}-name`}>{t('filterName')}</label>
          <Input
            id={`${id}-name`}
            maxLength={100}
            value={filter.name}
            onChange={(event) => setFilter({ ...filter, name: event.target.value })}
          />
        </div>
        <fieldset className="own-rows">
          <legend>{t('conditions')}</legend>
          {conditions.length > 1 && (
            <Segmented<FilterRule['match']>
              value={filter.match}
              options={[
                { value: 'all', label: t('matchAll') },
                { value: 'any', label: t('matchAny') },
              ]}
              onChange={(match) => setFilter({ ...filter, match })}
            />
          )}
          {conditions.map((condition, index) => (
            <ConditionRow
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and only move by being removed
              key={index}
              condition={condition}
              remove={
                conditions.length > 1
                  ? () => setFilter({ ...filter, conditions: conditions.toSpliced(index, 1) })
                  : undefined
              }
              change={(next) => setFilter({ ...filter, conditions: conditions.toSpliced(index, 1, next) })}
            />
          ))}
          <Button
            icon={<PlusOutlined />}
            disabled={conditions.length >= 20}
            onClick={() =>
              setFilter({
                ...filter,
                conditions: [...conditions, { field: 'subject', operator: 'contains', value: '' }],
              })
            }
          >
            {t('addCondition')}
          </Button>
        </fieldset>
        <fieldset className="own-rows">
          <legend>{t('actions')}</legend>
          {actions.map((action, index) => (
            <ActionRow
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and only move by being removed
              key={index}
              action={action}
              mailboxes={mailboxes}
              remove={
                actions.length > 1
                  ? () => setFilter({ ...filter, actions: actions.toSpliced(index, 1) })
                  : undefined
              }
              change={(next) => setFilter({ ...filter, actions: actions.toSpliced(index, 1, next) })}
            />
          ))}
          <Button
            icon={<PlusOutlined />}
            disabled={actions.length >= 10}
            onClick={() => setFilter({ ...filter, actions: [...actions, { type: 'seen' }] })}
          >
            {t('addAction')}
          </Button>
        </fieldset>
        <Checkbox
          checked={filter.stop}
          onChange={(event) => setFilter({ ...filter, stop: event.target.checked })}
        >
          {t('stop')}
        </Checkbox>
        {tried && !whole && (
          <p className="own-wrong" role="alert">
            {t('incomplete')}
          </p>
        )}
      </div>
    </Drawer>
  );
}

function RemoveRow({ remove }: { remove: (() => void) | undefined }) {
  const t = useTexts(settingsTexts);
  return (
    <Button
      className="own-row-remove"
      type="text"
      icon={<CloseOutlined />}
      aria-label={t('removeRow')}
      disabled={!remove}
      onClick={remove}
    />
  );
}

function ConditionRow({
  condition,
  change,
  remove,
}: {
  condition: FilterCondition;
  change: (condition: FilterCondition) => void;
  remove: (() => void) | undefined;
}) {
  const t = useTexts(settingsTexts);
  const { field, header, operator, value } = condition;
  const operators = operatorsOf(field);
  return (
    <div className="own-row">
      <Select
        aria-label={t('field')}
        value={field}
        options={FIELDS.map(([key, label]) => ({ value: key, label: t(label) }))}
        onChange={(next) => {
          const [first] = operatorsOf(next);
          const fits = operatorsOf(next).some(([known]) => known === operator);
          change({ field: next, operator: fits || !first ? operator : first[0], value });
        }}
      />
      <Select
        aria-label={t('operator')}
        value={operator}
        options={operators.map(([key, label]) => ({ value: key, label: t(label) }))}
        onChange={(next) => change({ ...condition, operator: next })}
      />
      <div className="own-field">
        {field === 'header' && (
          <Input
            aria-label={t('headerName')}
            placeholder={t('headerName')}
            maxLength={100}
            value={header ?? ''}
            onChange={(event) => change({ ...condition, header: event.target.value })}
          />
        )}
        <Input
          aria-label={t('value')}
          maxLength={500}
          inputMode={field === 'size' ? 'numeric' : 'text'}
          value={value}
          onChange={(event) => change({ ...condition, value: event.target.value })}
        />
      </div>
      <RemoveRow remove={remove} />
    </div>
  );
}

function ActionRow({
  action,
  mailboxes,
  change,
  remove,
}: {
  action: FilterAction;
  mailboxes: Mailbox[];
  change: (action: FilterAction) => void;
  remove: (() => void) | undefined;
}) {
  const t = useTexts(settingsTexts);
  const nameOf = useFolderName();
  const folders = sortFolders(mailboxes);
  const { type } = action;
  return (
    <div className="own-row" data-two>
      <Select
        aria-label={t('actions')}
        value={type}
        options={ACTIONS.map(([key, label]) => ({ value: key, label: t(label) }))}
        onChange={(next) => change({ type: next })}
      />
      {type === 'move' || type === 'copy' ? (
        <Select
          aria-label={t('folder')}
          placeholder={t('folder')}
          value={action.mailboxId === undefined ? undefined : `F${action.mailboxId}`}
          options={folders.map((folder) => ({ value: folder.id, label: nameOf(folder) }))}
          onChange={(folderId: string) => {
            const folder = folders.find((one) => one.id === folderId);
            if (folder) change({ type, mailboxId: numberOf(folder.id), mailbox: nameOf(folder) });
          }}
        />
      ) : type === 'forward' ? (
        <Input
          aria-label={t('address')}
          placeholder={t('address')}
          type="email"
          value={action.address ?? ''}
          onChange={(event) => change({ type, address: event.target.value.trim() })}
        />
      ) : type === 'reject' ? (
        <Input
          aria-label={t('reason')}
          placeholder={t('reason')}
          maxLength={500}
          value={action.text ?? ''}
          onChange={(event) => change({ type, text: event.target.value })}
        />
      ) : (
        <span />
      )}
      <RemoveRow remove={remove} />
    </div>
  );
}
