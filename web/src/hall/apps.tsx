import { Input } from 'antd';
import { useState } from 'react';
import { usePageTitle } from '../kit/page-title.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { useServices } from './catalogue.tsx';
import { texts } from './texts.ts';
import { ServiceTiles } from './tiles.tsx';
import './catalogue.css';

const ranges = ['A-D', 'E-H', 'I-L', 'M-P', 'Q-T', 'U-X', 'Y-Z', '#'];

function rangeOf(initial: string): string {
  return (
    ranges.find((range) => {
      const [first = '', last = ''] = range.split('-');
      return last !== '' && initial >= first && initial <= last;
    }) ?? '#'
  );
}

/** 应用中心: everything by the first letter of its pinyin. */
export function AppsPage() {
  const t = useTexts(texts);
  usePageTitle(t('apps'));
  const [words, setWords] = useState('');
  const services = useServices(words);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('apps')}</h1>
      </div>
      <div className="filters">
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('filterHint')}
          aria-label={t('filterHint')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      <Loaded query={services} rows={10}>
        {({ items }) => {
          if (items.length === 0) return <Empty title={t('noneFound')} more={t('noneFoundMore')} />;
          const filled = ranges
            .map((range) => ({ range, services: items.filter((one) => rangeOf(one.initial) === range) }))
            .filter((group) => group.services.length > 0);
          return (
            <>
              <nav className="letters" aria-label={t('apps')}>
                {filled.map(({ range }) => (
                  <a key={range} href={`#letters-${range}`}>
                    {range}
                  </a>
                ))}
              </nav>
              <div className="card catalogue">
                {filled.map((group) => (
                  <section key={group.range} id={`letters-${group.range}`}>
                    <h2>{group.range}</h2>
                    <ServiceTiles services={group.services} />
                  </section>
                ))}
              </div>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
