import { ClockCircleOutlined, PhoneOutlined, StarFilled, StarOutlined } from '@ant-design/icons';
import type { ServicePage } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { api, messageOf } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Loaded } from '../kit/states.tsx';
import { type Translate, useTexts } from '../kit/texts.ts';
import { number } from '../kit/time.ts';
import { FlowStrip } from './flow-strip.tsx';
import { ServiceIcon } from './service-icon.tsx';
import { texts } from './texts.ts';
import './service.css';

export function useService(key: string) {
  return useQuery({
    queryKey: ['hall', 'service', key],
    queryFn: () => api.get<ServicePage>(`/hall/services/${encodeURIComponent(key)}`),
  });
}

export function ServicePageView() {
  const { key } = useParams({ from: '/hall/s/$key' });
  const t = useTexts(texts);
  const service = useService(key);
  usePageTitle(service.data?.card.name ?? t('catalogue'));
  return (
    <div className="page page-narrow service">
      <Loaded query={service} rows={12}>
        {(page) => (
          <>
            <Head page={page} />
            <Body page={page} />
            <div className="service-bar">
              <ApplyButton page={page} block />
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

function audienceName(t: Translate<keyof typeof texts.pairs>, kind: string): string {
  if (kind === 'staff' || kind === 'student' || kind === 'other') return t(kind);
  return kind;
}

function Head({ page }: { page: ServicePage }) {
  const t = useTexts(texts);
  const { card } = page;
  return (
    <header className="card service-head">
      <ServiceIcon icon={card.icon} name={card.name} size={56} />
      <div className="service-title">
        <h1>{card.name}</h1>
        <p>{card.summary}</p>
        <p className="service-facts">
          <span>{card.unit.name}</span>
          {page.workingDays > 0 && (
            <span>
              <ClockCircleOutlined /> {t('promised', { count: page.workingDays })}
            </span>
          )}
          <span>{t('visits', { n: number(card.visits) })}</span>
          {page.audience.length > 0 && (
            <span>{t('audience', { who: page.audience.map((one) => audienceName(t, one)).join('、') })}</span>
          )}
        </p>
      </div>
      <div className="service-actions">
        <Favourite page={page} />
        <ApplyButton page={page} />
      </div>
    </header>
  );
}

function Favourite({ page }: { page: ServicePage }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const { key, favourite } = page.card;
  const path = `/hall/services/${encodeURIComponent(key)}/favourite`;
  const toggle = useMutation({
    mutationFn: () => (favourite ? api.delete(path) : api.put(path)),
    onSuccess: () => client.invalidateQueries({ queryKey: ['hall'] }),
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <Button
      type="text"
      aria-pressed={favourite}
      icon={favourite ? <StarFilled className="star" /> : <StarOutlined />}
      loading={toggle.isPending}
      onClick={() => toggle.mutate()}
    >
      {t(favourite ? 'unfavourite' : 'favourite')}
    </Button>
  );
}

function ApplyButton({ page, block = false }: { page: ServicePage; block?: boolean }) {
  const t = useTexts(texts);
  if (page.link) {
    return (
      <Button type="primary" size="large" block={block} href={page.link} target="_blank" rel="noreferrer">
        {t('openSystem')}
      </Button>
    );
  }
  if (!page.card.online || !page.form) return null;
  return (
    <Link to="/hall/s/$key/apply" params={{ key: page.card.key }}>
      <Button type="primary" size="large" block={block}>
        {t(page.draft ? 'goOn' : 'apply')}
      </Button>
    </Link>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card service-section">
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return (
    <ol className="numbered">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ol>
  );
}

function Body({ page }: { page: ServicePage }) {
  const t = useTexts(texts);
  return (
    <>
      {page.flow.length > 0 && (
        <Section title={t('flow')}>
          <FlowStrip steps={page.flow} />
        </Section>
      )}
      {page.guide && (
        <Section title={t('guide')}>
          <p className="prose">{page.guide}</p>
        </Section>
      )}
      {page.conditions.length > 0 && (
        <Section title={t('conditions')}>
          <Lines lines={page.conditions} />
        </Section>
      )}
      <Section title={t('materials')}>
        {page.materials.length > 0 ? (
          <Lines lines={page.materials} />
        ) : (
          <p className="prose quiet">{t('noMaterials')}</p>
        )}
      </Section>
      {page.contacts.length > 0 && (
        <Section title={t('contacts')}>
          <ul className="contacts">
            {page.contacts.map((contact) => (
              <li key={contact.name + contact.phone}>
                <strong>{contact.name}</strong>
                <a href={`tel:${contact.phone.replace(/\s/g, '')}`}>
                  <PhoneOutlined /> {contact.phone}
                </a>
                <span className="quiet">{contact.place}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {page.declaration && (
        <Section title={t('declaration')}>
          <p className="prose">{page.declaration}</p>
        </Section>
      )}
    </>
  );
}
