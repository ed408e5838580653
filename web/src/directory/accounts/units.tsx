import { MoreOutlined } from '@ant-design/icons';
import type { Unit } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { PeoplePicker } from '../pickers.tsx';
import { texts } from './texts.ts';

export type UnitTask = { kind: 'create'; parent: Unit | undefined } | { kind: 'edit'; unit: Unit };

function useRefreshUnits() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ['units'] });
    void client.invalidateQueries({ queryKey: ['console'] });
  };
}

/** The small menu at each unit of the tree. */
export function UnitMenu({ unit, start }: { unit: Unit; start: (task: UnitTask) => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const { message, modal } = App.useApp();
  const refresh = useRefreshUnits();
  const act = useMutation({
    mutationFn: (what: 'up' | 'down' | 'delete') =>
      what === 'delete'
        ? api.delete(`/units/${unit.id}`)
        : api.post(`/units/${unit.id}/move`, { direction: what }),
    onSuccess: refresh,
    onError: (error) => message.error(messageOf(error)),
  });
  const remove = () =>
    modal.confirm({
      title: t('deleteUnitAsk', { name: unit.name }),
      content: t('deleteUnitMore'),
      okText: tc('remove'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync('delete').catch(() => undefined),
    });
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        onClick: ({ domEvent }) => domEvent.stopPropagation(),
        items: [
          { key: 'new', label: t('newChild'), onClick: () => start({ kind: 'create', parent: unit }) },
          { key: 'edit', label: t('rename'), onClick: () => start({ kind: 'edit', unit }) },
          { key: 'up', label: t('moveUp'), onClick: () => act.mutate('up') },
          { key: 'down', label: t('moveDown'), onClick: () => act.mutate('down') },
          { type: 'divider' },
          { key: 'delete', danger: true, label: t('deleteUnit'), onClick: remove },
        ],
      }}
    >
      <Button
        type="text"
        size="small"
        className="unit-more"
        icon={<MoreOutlined />}
        aria-label={t('unitMenu', { name: unit.name })}
        onClick={(event) => event.stopPropagation()}
      />
    </Dropdown>
  );
}

export function UnitDialog({ task, close }: { task: UnitTask; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const { message } = App.useApp();
  const refresh = useRefreshUnits();
  const unit = task.kind === 'edit' ? task.unit : undefined;
  const [name, setName] = useState(unit?.name ?? '');
  const [headId, setHeadId] = useState<number | null>(unit?.head?.id ?? null);
  const names = new Map(unit?.head ? [[`person:${unit.head.id}`, unit.head.name]] : []);
  const save = useMutation({
    mutationFn: () =>
      task.kind === 'create'
        ? api.post('/units', { name: name.trim(), parentId: task.parent?.id ?? null })
        : api.patch(`/units/${task.unit.id}`, { name: name.trim(), headId }),
    onSuccess: () => {
      message.success(tc('saved'));
      refresh();
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <Modal
      open
      title={t(task.kind === 'create' ? 'newUnit' : 'rename')}
      okText={tc('save')}
      cancelText={tc('cancel')}
      okButtonProps={{ disabled: !name.trim(), loading: save.isPending }}
      onCancel={close}
      onOk={() => save.mutate()}
    >
      {task.kind === 'create' && (
        <p className="quiet">
          {t('parent')} · {task.parent?.path ?? t('topLevel')}
        </p>
      )}
      <div className="field">
        <label className="field-label" htmlFor="unit-name">
          {t('unitName')}
        </label>
        <Input
          id="unit-name"
          autoFocus
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onPressEnter={() => name.trim() && save.mutate()}
        />
      </div>
      {unit && (
        <div className="field">
          <label className="field-label" htmlFor="unit-head">
            {t('head')}
          </label>
          <PeoplePicker
            id="unit-head"
            names={names}
            value={headId === null ? [] : [headId]}
            onChange={(ids) => setHeadId(ids[0] ?? null)}
          />
        </div>
      )}
    </Modal>
  );
}
