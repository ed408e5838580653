import type { Contact } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { App, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { list } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import type { Address } from '../jmap.ts';
import { formatAddress, parseAddress } from '../names.ts';
import { texts } from '../texts.ts';

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
  const options = (asked ? (people.data?.items ?? []) : []).map((person) => ({
    value: formatAddress({ name: person.name, email: person.address }),
    label: person.name,
    more: [person.unit, person.address].filter(Boolean).join(' · '),
  }));
  const change = (next: string[]) => {
    const addresses: Address[] = [];
    for (const one of next) {
      const address = parseAddress(one);
      if (address) addresses.push(address);
      else message.warning(t('badAddress', { address: one }));
    }
    setWords('');
    onChange(addresses);
  };
  return (
    <Select<string[], (typeof options)[number]>
      id={id}
      aria-label={label}
      mode="tags"
      variant="borderless"
      className="recipients"
      autoFocus={autoFocus}
      suffixIcon={null}
      tokenSeparators={[',', ';', '\n', '\uff0c', '\uff1b']}
      showSearch={{ filterOption: false, onSearch: setWords, searchValue: words }}
      value={value.map(formatAddress)}
      onChange={change}
      options={options}
      notFoundContent={null}
      labelRender={({ value: one }) => parseAddress(String(one))?.name ?? String(one)}
      optionRender={(option) => (
        <span className="pick-row">
          {option.data.label} <small>{option.data.more}</small>
        </span>
      )}
    />
  );
}
