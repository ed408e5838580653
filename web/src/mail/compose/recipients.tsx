import type { Contact } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { App, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { list } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import type { Address } from '../jmap.ts';
import { formatAddress, parseAddress } from '../names.ts';
import { texts } from '../texts.ts';

const SEPARATOR = /[,;\n\uff0c\uff1b]+/;
interface Choice {
  value: string;
  label: string;
  more: string;
}

/** Names from the directory, or any address typed or pasted, several at once. */
export function Recipients({
  id,
  label,
  value,
  autoFocus = false,
  onChange,
}: {
  id: string;
  label: string;
  value: Address[];
  autoFocus?: boolean;
  onChange: (value: Address[]) => void;
}) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const [words, setWords] = useState('');
  const asked = useDeferredValue(words.trim());
  const people = useQuery({
    queryKey: ['directory', 'pick', asked],
    queryFn: () => list<Contact>('/directory/people', { search: asked, limit: 8 }),
    enabled: asked !== '',
    placeholderData: (previous) => previous,
  });
  const typed = parseAddress(words);
  const found: Choice[] = (asked ? (people.data?.items ?? []) : []).map((person) => ({
    value: formatAddress({ name: person.name, email: person.address }),
    label: person.name,
    more: [person.unit, person.address].filter(Boolean).join(' · '),
  }));
  const options = [
    ...found,
    ...(typed ? [{ value: formatAddress(typed), label: formatAddress(typed), more: '' }] : []),
  ];

  /** Adds what is typed as far as it is addresses; the rest stays to be corrected. */
  const take = (text: string, complain: boolean) => {
    const parts = text.split(SEPARATOR).filter((part) => part.trim());
    const good = parts.flatMap((part) => parseAddress(part) ?? []);
    const bad = parts.filter((part) => !parseAddress(part));
    if (good.length > 0) onChange([...value, ...good]);
    setWords(bad.join(', '));
    if (complain && bad[0]) message.warning(t('badAddress', { address: bad[0].trim() }));
  };
  return (
    <Select<string[], Choice>
      id={id}
      aria-label={label}
      mode="multiple"
      variant="borderless"
      className="recipients"
      autoFocus={autoFocus}
      suffixIcon={null}
      showSearch={{
        filterOption: false,
        searchValue: words,
        onSearch: (text) => (SEPARATOR.test(text) ? take(text, true) : setWords(text)),
      }}
      onBlur={() => words.trim() && take(words, true)}
      value={value.map(formatAddress)}
      onChange={(next) => {
        setWords('');
        onChange(next.flatMap((one) => parseAddress(one) ?? []));
      }}
      options={options}
      open={asked !== '' && options.length > 0}
      notFoundContent={null}
      labelRender={({ value: one }) => parseAddress(String(one))?.name ?? String(one)}
      optionRender={({ data }) => (
        <span className="pick-row">
          {data.label} <small>{data.more}</small>
        </span>
      )}
    />
  );
}
