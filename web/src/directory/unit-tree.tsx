import type { Unit } from '@hongyan/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Skeleton, Tree } from 'antd';
import { type ReactNode, useState } from 'react';
import { list } from '../kit/api.ts';
import './unit-tree.css';

type From = '/directory/units' | '/units';
const childrenOf = (from: From, parent: number | undefined) => ({
  queryKey: ['units', from, parent ?? 'first'],
  queryFn: () => list<Unit>(from, { parent }),
});

interface Node {
  key: number;
  title: ReactNode;
  isLeaf: boolean;
  children?: Node[];
}

/** The tree of units, opened level by level; the first level is shown. */
export function UnitTree({
  from,
  selected,
  onSelect,
  label,
  title = (unit) => unit.name,
}: {
  from: From;
  selected: number | undefined;
  onSelect: (unit: Unit | undefined) => void;
  label: string;
  title?: (unit: Unit) => ReactNode;
}) {
  const client = useQueryClient();
  const [opened, setOpened] = useState<ReadonlyMap<number, Unit[]>>(new Map());
  const first = useQuery(childrenOf(from, undefined));
  if (!first.data) return <Skeleton active title={false} paragraph={{ rows: 6 }} />;

  const known = new Map<number, Unit>();
  const node = (unit: Unit): Node => {
    known.set(unit.id, unit);
    const below = opened.get(unit.id);
    return {
      key: unit.id,
      title: title(unit),
      isLeaf: unit.children === 0,
      ...(below && { children: below.map(node) }),
    };
  };
  const data = first.data.items.map(node);
  return (
    <Tree<Node>
      blockNode
      aria-label={label}
      treeData={data}
      selectedKeys={selected === undefined ? [] : [selected]}
      loadData={async ({ key }) => {
        const id = Number(key);
        const below = await client.fetchQuery(childrenOf(from, id));
        setOpened((before) => new Map(before).set(id, below.items));
      }}
      onSelect={(keys) => onSelect(keys.length > 0 ? known.get(Number(keys[0])) : undefined)}
    />
  );
}
