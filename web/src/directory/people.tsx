import { CopyOutlined, MailOutlined, PhoneOutlined } from '@ant-design/icons';
import type { Contact } from '@hongyan/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { App, Button, Input, Tooltip } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { list } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Face } from '../kit/person.tsx';
import { useWide } from '../kit/screen.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { UnitPicker } from './pickers.tsx';
import { texts } from './texts.ts';
import { UnitTree } from './unit-tree.tsx';
import './directory.css';

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** 通讯录: everyone who is listed, by unit or by search. */
export function PeoplePage() {
  const t = useTexts(texts);
  usePageTitle(t('title'));
  const wide = useWide();
  const wanted = useSearch({ from: '/directory' }).search;
  const [words, setWords] = useState(wanted ?? '');
  const [unit, setUnit] = useState<number>();
  useEffect(() => {
    if (wanted !== undefined) setWords(wanted);
  }, [wanted]);
  const search = useDeferredValue(words.trim());
  const people = useInfiniteQuery({
    queryKey: ['directory', 'people', search, unit],
    queryFn: ({ pageParam }) =>
      list<Contact>('/directory/people', { search, unit, after: pageParam, limit: 60 }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (previous) => previous,
  });
  return (
    <div className="page directory">
      {wide && (
        <aside className="card directory-units" aria-label={t('units')}>
          <button
            type="button"
            className="directory-all"
            data-active={unit === undefined || undefined}
            onClick={() => setUnit(undefined)}
          >
            {t('everyone')}
          </button>
          <UnitTree
            from="/directory/units"
            label={t('units')}
            selected={unit}
            onSelect={(chosen) => setUnit(chosen?.id)}
          />
        </aside>
      )}
      <div>
        <div className="page-head">
          <h1>{t('title')}</h1>
        </div>
        <div className="filters">
          <Input.Search
            allowClear
            className="directory-words"
            placeholder={t('searchHint')}
            aria-label={t('searchHint')}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {!wide && (
            <div className="directory-unit">
              <UnitPicker
                names={NO_NAMES}
                label={t('chooseUnit')}
                value={unit ?? null}
                onChange={(next) => setUnit(next ?? undefined)}
              />
            </div>
          )}
        </div>
        <Loaded query={people} rows={10}>
          {(data) => (
            <People
              people={data.pages.flatMap((page) => page.items)}
              searching={search !== ''}
              more={people.hasNextPage ? () => void people.fetchNextPage() : undefined}
              loading={people.isFetchingNextPage}
            />
          )}
        </Loaded>
      </div>
    </div>
  );
}

function People({
  people,
  searching,
  more,
  loading,
}: {
  people: Contact[];
  searching: boolean;
  more: (() => void) | undefined;
  loading: boolean;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  if (people.length === 0) {
    return (
      <div className="card">
        <Empty title={t(searching ? 'nobody' : 'emptyUnit')} {...(searching && { more: t('nobodyMore') })} />
      </div>
    );
  }
  return (
    <>
      <ul className="people">
        {people.map((person) => (
          <PersonCard key={person.id} person={person} />
        ))}
      </ul>
      {more && (
        <div className="load-more">
          <Button loading={loading} onClick={more}>
            {tc('loadMore')}
          </Button>
        </div>
      )}
    </>
  );
}

const tel = (number: string) => `tel:${number.replace(/[^\d+]/g, '')}`;

function PersonCard({ person }: { person: Contact }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const copy = () => {
    void navigator.clipboard.writeText(person.address).then(() => message.success(t('copied')));
  };
  return (
    <li className="card people-card">
      <Face name={person.name} size={44} />
      <div className="people-text">
        <strong>{person.name}</strong>
        <span className="quiet">{[person.unit, person.post].filter(Boolean).join(' · ')}</span>
        <span className="people-line">
          <Link to="/mail" search={{ to: person.address }}>
            <MailOutlined aria-label={t('address')} /> {person.address}
          </Link>
          <Tooltip title={t('copy')}>
            <Button
              type="text"
              size="small"
              icon={<CopyOutlined />}
              aria-label={`${t('copy')} ${person.address}`}
              onClick={copy}
            />
          </Tooltip>
        </span>
        {[
          [t('office'), person.officePhone],
          [t('mobile'), person.mobile],
        ].map(
          ([label, number]) =>
            number && (
              <a key={label} href={tel(number)}>
                <PhoneOutlined /> <span className="hy-hidden">{label}</span>
                {number}
              </a>
            ),
        )}
      </div>
    </li>
  );
}
