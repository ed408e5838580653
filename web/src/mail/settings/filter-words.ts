import type { FilterAction, FilterCondition, FilterRule } from '@hongyan/contract';
import { useTexts } from '../../kit/texts.ts';
import { settingsTexts } from './texts.ts';

type Key = keyof (typeof settingsTexts)['pairs'];

export const FIELDS: readonly [FilterCondition['field'], Key][] = [
  ['from', 'fieldFrom'],
  ['to', 'fieldTo'],
  ['cc', 'fieldCc'],
  ['recipient', 'fieldRecipient'],
  ['subject', 'fieldSubject'],
  ['body', 'fieldBody'],
  ['size', 'fieldSize'],
  ['header', 'fieldHeader'],
];

export const TEXT_OPERATORS: readonly [FilterCondition['operator'], Key][] = [
  ['contains', 'contains'],
  ['not_contains', 'notContains'],
  ['is', 'is'],
  ['is_not', 'isNot'],
  ['begins', 'begins'],
  ['ends', 'ends'],
];

export const SIZE_OPERATORS: readonly [FilterCondition['operator'], Key][] = [
  ['over', 'over'],
  ['under', 'under'],
];

export const ACTIONS: readonly [FilterAction['type'], Key][] = [
  ['move', 'move'],
  ['copy', 'copy'],
  ['seen', 'seen'],
  ['flag', 'flag'],
  ['forward', 'forward'],
  ['notify', 'notify'],
  ['discard', 'discard'],
  ['reject', 'reject'],
];

export const NEW_FILTER: FilterRule = {
  name: '',
  enabled: true,
  match: 'all',
  conditions: [{ field: 'from', operator: 'contains', value: '' }],
  actions: [{ type: 'move' }],
  stop: true,
};

export function operatorsOf(field: FilterCondition['field']) {
  return field === 'size' ? SIZE_OPERATORS : TEXT_OPERATORS;
}

/** Is everything there that the server asks for? */
export function isComplete({ name, conditions, actions }: FilterRule): boolean {
  return (
    name.trim() !== '' &&
    conditions.every(
      ({ field, header, value }) =>
        value.trim() !== '' &&
        (field !== 'header' || (header ?? '').trim() !== '') &&
        (field !== 'size' || /^\d{1,8}$/.test(value)),
    ) &&
    actions.every(
      ({ type, mailbox, address, text }) =>
        ((type !== 'move' && type !== 'copy') || mailbox !== undefined) &&
        (type !== 'forward' || /^[^\s@]+@[^\s@]+$/.test(address ?? '')) &&
        (type !== 'reject' || (actions.length === 1 && (text ?? '').trim() !== '')),
    )
  );
}

/** A filter as a sentence, for the list. */
export function useFilterWords() {
  const t = useTexts(settingsTexts);
  const label = <K extends string>(list: readonly (readonly [K, Key])[], wanted: K) => {
    const key = list.find(([known]) => known === wanted)?.[1];
    return key ? t(key) : '';
  };
  const condition = ({ field, header, operator, value }: FilterCondition) =>
    `${field === 'header' ? header : label(FIELDS, field)} ${label(operatorsOf(field), operator)} “${value}”`;
  const action = ({ type, mailbox, address, text }: FilterAction) =>
    [label(ACTIONS, type), mailbox ?? address ?? text].filter(Boolean).join(' ');
  return {
    label,
    describe: (filter: FilterRule) =>
      `${t('ruleIf')} ${filter.conditions.map(condition).join(` ${t(filter.match === 'any' ? 'or' : 'and')} `)} ${t('thenDo')} ${filter.actions.map(action).join('、')}`,
  };
}
