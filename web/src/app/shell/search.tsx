import type { Contact, ServiceCard } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input, Modal } from 'antd';
import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import { list } from '../../kit/api.ts';
import { Face } from '../../kit/person.tsx';
import { Empty } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';
import { forgetSearches, rememberSearch, searchHistory } from './search-history.ts';

/** One box for services and people, with what was searched before. */
export function SearchDialog({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [history, setHistory] = useState(searchHistory);
  const [chosen, setChosen] = useState(0);
  const asked = useDeferredValue(words.trim());
  const services = useQuery({
    queryKey: ['search', 'services', asked],
    queryFn: () => list<ServiceCard>('/hall/services', { search: asked }),
    enabled: asked !== '',
    placeholderData: (previous) => previous,
  });
  const people = useQuery({
    queryKey: ['search', 'people', asked],
    queryFn: () => list<Contact>('/directory/people', { search: asked, limit: 6 }),
    enabled: asked !== '',
    placeholderData: (previous) => previous,
  });
  const foundServices = asked ? (services.data?.items.slice(0, 6) ?? []) : [];
  const foundPeople = asked ? (people.data?.items.slice(0, 6) ?? []) : [];
  const results = [
    ...foundServices.map((service) => ({ key: `s${service.key}`, open: () => openService(service.key) })),
    ...foundPeople.map((person) => ({ key: `p${person.id}`, open: () => openPerson(person.name) })),
  ];

  const leave = () => {
    rememberSearch(asked);
    close();
  };
  const openService = (key: string) => {
    leave();
    void navigate({ to: '/hall/s/$key', params: { key } });
  };
  const openPerson = (name: string) => {
    leave();
    void navigate({ to: '/directory', search: { search: name } });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, results.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0));
    else if (event.key === 'Enter') results[chosen]?.open();
    else return;
    event.preventDefault();
  };
  const row = (key: string) => ({
    type: 'button' as const,
    className: 'find-row',
    'data-chosen': results[chosen]?.key === key || undefined,
  });

  return (
    <Modal
      open
      footer={null}
      closable={false}
      onCancel={close}
      width={560}
      className="find"
      title={t('search')}
    >
      <Input
        autoFocus
        size="large"
        variant="borderless"
        value={words}
        aria-label={t('searchHint')}
        placeholder={t('searchHint')}
        onChange={(event) => {
          setWords(event.target.value);
          setChosen(0);
        }}
        onKeyDown={keys}
      />
      <div className="find-results" aria-live="polite">
        {foundServices.length > 0 && <h2>{t('services')}</h2>}
        {foundServices.map((service) => (
          <button key={service.key} {...row(`s${service.key}`)} onClick={() => openService(service.key)}>
            <span>{service.name}</span>
            <small>{service.unit.name}</small>
          </button>
        ))}
        {foundPeople.length > 0 && <h2>{t('people')}</h2>}
        {foundPeople.map((person) => (
          <button key={person.id} {...row(`p${person.id}`)} onClick={() => openPerson(person.name)}>
            <Face name={person.name} size={24} />
            <span>{person.name}</span>
            <small>{[person.unit, person.officePhone].filter(Boolean).join(' · ')}</small>
          </button>
        ))}
        {asked && services.isSuccess && people.isSuccess && results.length === 0 && (
          <Empty title={t('nothing', { words: asked })} more={t('nothingMore')} />
        )}
        {!asked && history.length > 0 && (
          <>
            <h2>
              {t('recentSearches')}
              <Button
                type="link"
                size="small"
                onClick={() => {
                  forgetSearches();
                  setHistory([]);
                }}
              >
                {t('clear')}
              </Button>
            </h2>
            <div className="find-history">
              {history.map((past) => (
                <Button key={past} size="small" shape="round" onClick={() => setWords(past)}>
                  {past}
                </Button>
              ))}
            </div>
          </>
        )}
        {!asked && history.length === 0 && <p className="find-hint">{t('typeToSearch')}</p>}
      </div>
    </Modal>
  );
}
