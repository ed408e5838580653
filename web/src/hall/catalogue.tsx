import type { ServiceCard } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Input, Segmented, Switch } from 'antd';
import { useDeferredValue, useState } from 'react';
import { list } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { texts } from './texts.ts';
import { ServiceTiles } from './tiles.tsx';
import './catalogue.css';

type By = 'unit' | 'theme' | 'track';
const groupOf = (service: ServiceCard, by: By): string => (by === 'unit' ? service.unit.name : service[by]);

function grouped(services: ServiceCard[], by: By): [string, ServiceCard[]][] {
  const groups = new Map<string, ServiceCard[]>();
  for (const service of services) {
    const name = groupOf(service, by);
    groups.set(name, [...(groups.get(name) ?? []), service]);
  }
  return [...groups].sort((a, b) => a[0].localeCompare(b[0], 'zh-CN'));
}

export function useServices(words: string) {
  const asked = useDeferredValue(words.trim());
  return useQuery({
    queryKey: ['hall', 'services', asked],
    queryFn: () => list<ServiceCard>('/hall/services', { search: asked }),
    placeholderData: (previous) => previous,
  });
}

/** Every service that the reader may see: by unit, by theme, by life cycle. */
export function CataloguePage() {
  const t = useTexts(texts);
  usePageTitle(t('catalogue'));
  const navigate = useNavigate();
  const search = useSearch({ from: '/hall/services' });
  const by: By = search.by === 'theme' || search.by === 'track' ? search.by : 'unit';
  const [words, setWords] = useState('');
  const [online, setOnline] = useState(false);
  const services = useServices(words);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('catalogue')}</h1>
      </div>
      <div className="filters">
        <Segmented<By>
          value={by}
          options={[
            { value: 'unit', label: t('byUnit') },
            { value: 'theme', label: t('byTheme') },
            { value: 'track', label: t('byTrack') },
          ]}
          onChange={(next) => void navigate({ to: '/hall/services', search: { by: next }, replace: true })}
        />
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('filterHint')}
          aria-label={t('filterHint')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control */}
        <label className="filter-switch">
          <Switch size="small" checked={online} onChange={setOnline} /> {t('onlineOnly')}
        </label>
      </div>
      <Loaded query={services} rows={10}>
        {({ items }) => {
          const shown = online ? items.filter((service) => service.online) : items;
          if (shown.length === 0) return <Empty title={t('noneFound')} more={t('noneFoundMore')} />;
          return (
            <div className="card catalogue">
              {grouped(shown, by).map(([name, group]) => (
                <section key={name}>
                  <h2>
                    {name} <small>{group.length}</small>
                  </h2>
                  <ServiceTiles services={group} />
                </section>
              ))}
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}
