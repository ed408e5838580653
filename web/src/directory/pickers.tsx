import type { Contact, Unit } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Select, Spin, TreeSelect } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { api, list } from '../kit/api.ts';
import { useClear } from '../kit/clear.tsx';
import { useTexts } from '../kit/texts.ts';
import { nameOf, rememberName } from './known-names.ts';
import { texts } from './texts.ts';
import './pickers.css';

/** `person:12` → name: for ids that a record already holds. */
export type Names = ReadonlyMap<string, string>;

interface PickerProps {
  id?: string;
  names: Names;
  invalid?: boolean;
  label?: string;
}

interface Choice {
  value: number;
  label: string;
  more?: string;
}

function usePeople(words: string) {
  const asked = useDeferredValue(words.trim());
  return useQuery({
    queryKey: ['directory', 'pick', asked],
    queryFn: () => list<Contact>('/directory/people', { search: asked, limit: 20 }),
    placeholderData: (previous) => previous,
  });
}

/** One person or several, by name, pinyin or number. */
export function PeoplePicker({
  id,
  names,
  invalid,
  label,
  value,
  onChange,
  several = false,
}: PickerProps & { value: number[]; onChange: (value: number[]) => void; several?: boolean }) {
  const t = useTexts(texts);
  const clear = useClear();
  const [words, setWords] = useState('');
  const people = usePeople(words);
  const found: Choice[] = (people.data?.items ?? []).map((person) => ({
    value: person.id,
    label: person.name,
    more: [person.unit, person.account].filter(Boolean).join(' · '),
  }));
  const chosen = value.map((one) => ({
    value: one,
    label: nameOf(names, `person:${one}`) ?? String(one),
  }));
  const remember = (options: Choice[]) => {
    for (const one of options) rememberName(`person:${one.value}`, one.label);
    onChange(options.map((one) => one.value));
  };
  const shared = {
    ...(id && { id }),
    ...(label && { 'aria-label': label }),
    ...(invalid && { status: 'error' as const }),
    showSearch: { filterOption: false as const, onSearch: setWords, searchValue: words },
    labelInValue: true,
    placeholder: t('choosePerson'),
    notFoundContent: people.isFetching ? <Spin size="small" /> : t('nobodyHere'),
    options: found,
    optionRender: (option: { data: Choice }) => (
      <span className="pick-row">
        {option.data.label} <small>{option.data.more}</small>
      </span>
    ),
    className: 'field-wide',
  };
  if (several)
    return (
      <Select<Choice[], Choice>
        {...shared}
        mode="multiple"
        value={chosen}
        onChange={(next) => remember(next)}
      />
    );
  return (
    <Select<Choice | undefined, Choice>
      {...shared}
      allowClear={clear}
      value={chosen[0]}
      onChange={(next) => remember(next ? [next] : [])}
    />
  );
}

interface UnitNode {
  id: number;
  pId: number;
  value: number;
  title: string;
  isLeaf: boolean;
}

const nodeOf = (unit: Unit): UnitNode => ({
  id: unit.id,
  pId: unit.parentId ?? 0,
  value: unit.id,
  title: unit.name,
  isLeaf: unit.children === 0,
});

/** The tree of units, opened level by level. `from` is the list that the reader may choose from. */
export function UnitPicker({
  id,
  names,
  invalid,
  label,
  value,
  onChange,
  from = '/directory/units',
}: PickerProps & {
  value: number | null;
  onChange: (value: number | null) => void;
  from?: '/directory/units' | '/units';
}) {
  const t = useTexts(texts);
  const clear = useClear();
  const [nodes, setNodes] = useState<UnitNode[]>([]);
  const add = (units: Unit[]) =>
    setNodes((before) => {
      const all = new Map(before.map((node) => [node.id, node]));
      for (const unit of units) all.set(unit.id, nodeOf(unit));
      return [...all.values()];
    });
  const first = useQuery({ queryKey: ['units', from, 'first'], queryFn: () => list<Unit>(from) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `add` only uses the setter
  useEffect(() => {
    if (first.data) add(first.data.items);
  }, [first.data]);
  const name =
    value === null ? '' : (nodes.find((n) => n.id === value)?.title ?? nameOf(names, `unit:${value}`));
  return (
    <TreeSelect<{ value: number; label?: React.ReactNode } | undefined>
      {...(id && { id })}
      {...(label && { 'aria-label': label })}
      {...(invalid && { status: 'error' as const })}
      className="field-wide"
      treeDataSimpleMode
      labelInValue
      allowClear={clear}
      showSearch={{ treeNodeFilterProp: 'title' }}
      placeholder={t('chooseUnitHere')}
      treeData={nodes}
      value={value === null ? undefined : { value, label: name ?? String(value) }}
      onChange={(next) => {
        const chosen = nodes.find((node) => node.id === next?.value);
        if (chosen) rememberName(`unit:${chosen.id}`, chosen.title);
        onChange(next?.value ?? null);
      }}
      loadData={async (node) => {
        const units = await api.get<Unit[] | { items: Unit[] }>(from, { parent: Number(node.value) });
        add(Array.isArray(units) ? units : units.items);
      }}
    />
  );
}
