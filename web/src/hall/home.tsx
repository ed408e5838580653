import { SearchOutlined } from '@ant-design/icons';
import type { HallHome } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Skeleton } from 'antd';
import { api } from '../kit/api.ts';
import { openSearch } from '../kit/open-search.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { useMe } from '../kit/session.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { useTexts } from '../kit/texts.ts';
import { number, shortTime } from '../kit/time.ts';
import { MineCard, TodoCard, UnreadCard } from './home-cards.tsx';
import { ServiceIcon } from './service-icon.tsx';
import { texts } from './texts.ts';
import { ServiceTiles } from './tiles.tsx';
import './home.css';
import './figures.css';
import './lines.css';

function useGreeting(): string {
  const t = useTexts(texts);
  const { name } = useMe();
  const hour = new Date().getHours();
  return t(hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening', { name });
}

export function HomePage() {
  const t = useTexts(texts);
  usePageTitle(t('home'));
  const greeting = useGreeting();
  const home = useQuery({ queryKey: ['hall', 'home'], queryFn: () => api.get<HallHome>('/hall/home') });
  return (
    <div className="page hall">
      <div className="hall-hello">
        <h1>{greeting}</h1>
        <button type="button" className="hall-search" onClick={openSearch}>
          <SearchOutlined />
          <span>{t('searchHint')}</span>
        </button>
      </div>
      <Loaded query={home} skeleton={<HomeSkeleton />}>
        {(data) => (
          <>
            <div className="hall-cards">
              <TodoCard todo={data.todo} />
              <UnreadCard />
              <MineCard />
            </div>
            <Services home={data} />
            <div className="hall-news">
              <Notices notices={data.notices} />
              <Systems systems={data.systems} />
            </div>
            <Figures figures={data.figures} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function HomeSkeleton() {
  return (
    <div className="hall-cards">
      {[0, 1, 2].map((card) => (
        <div className="card" key={card}>
          <Skeleton active />
        </div>
      ))}
    </div>
  );
}

function Services({ home }: { home: HallHome }) {
  const t = useTexts(texts);
  const browse = (
    <Link to="/hall/services">
      <Button>{t('browse')}</Button>
    </Link>
  );
  const tab = (key: 'favourites' | 'hot' | 'recent', empty: React.ReactNode) => ({
    key,
    label: t(key),
    content: home[key].length > 0 ? <ServiceTiles services={home[key]} /> : empty,
  });
  return (
    <section className="card hall-services" aria-label={t('services')}>
      <Link to="/hall/services" className="hall-all">
        {t('viewAll')}
      </Link>
      <Tabs<'favourites' | 'hot' | 'recent'>
        label={t('services')}
        first={home.favourites.length > 0 ? 'favourites' : 'hot'}
        items={[
          tab(
            'favourites',
            <Empty title={t('favouritesEmpty')} more={t('favouritesEmptyMore')} action={browse} />,
          ),
          tab('hot', <Empty title={t('hotEmpty')} action={browse} />),
          tab('recent', <Empty title={t('recentEmpty')} action={browse} />),
        ]}
      />
    </section>
  );
}

function Notices({ notices }: { notices: HallHome['notices'] }) {
  const t = useTexts(texts);
  return (
    <section className="card hall-notices">
      <div className="card-head">
        <h2>{t('notices')}</h2>
      </div>
      {notices.length === 0 ? (
        <Empty title={t('noticesEmpty')} />
      ) : (
        <Tabs
          label={t('notices')}
          items={notices.map((group) => ({
            key: group.category,
            label: group.category,
            content:
              group.items.length === 0 ? (
                <Empty title={t('noticesEmpty')} />
              ) : (
                <ul className="lines">
                  {group.items.map((item) => (
                    <li key={item.id}>
                      <Link to="/hall/notices/$id" params={{ id: String(item.id) }}>
                        {item.title}
                      </Link>
                      <small>{item.unit}</small>
                      <time dateTime={item.time}>{shortTime(item.time)}</time>
                    </li>
                  ))}
                </ul>
              ),
          }))}
        />
      )}
    </section>
  );
}

function Systems({ systems }: { systems: HallHome['systems'] }) {
  const t = useTexts(texts);
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('systems')}</h2>
      </div>
      {systems.length === 0 ? (
        <Empty title={t('systemsEmpty')} />
      ) : (
        <ul className="systems">
          {systems.map((system) => (
            <li key={system.key}>
              <a href={system.link} target="_blank" rel="noreferrer">
                <ServiceIcon icon={system.icon} name={system.name} size={36} />
                <span>{system.name}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figures({ figures }: { figures: HallHome['figures'] }) {
  const t = useTexts(texts);
  const shown = [
    ['figureServices', figures.services],
    ['figureOnline', figures.online],
    ['figureCompleted', figures.completed],
    ['figureVisits', figures.visits],
    ['figurePeople', figures.people],
    ['figureToday', figures.today],
  ] as const;
  return (
    <section className="figures" aria-label={t('figures')}>
      <dl>
        {shown.map(([key, value]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{number(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
