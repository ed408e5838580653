import { CheckCircleOutlined, WarningOutlined } from '@ant-design/icons';
import type { ConsoleHome } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../kit/api.ts';
import { Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { day, number, size } from '../kit/time.ts';
import { texts } from './texts.ts';

export default function Home() {
  const t = useTexts(texts);
  const home = useQuery({
    queryKey: ['console', 'home'],
    queryFn: () => api.get<ConsoleHome>('/console/home'),
  });
  return (
    <Loaded query={home}>
      {(data) => (
        <>
          <p className="quiet console-since">
            {t('since', { institution: data.institution, day: day(data.createdAt) })}
          </p>
          <dl className="console-figures">
            {(
              [
                ['people', number(data.people)],
                ['mailboxes', number(data.mailboxes)],
                ['units', number(data.units)],
                ['unitMailboxes', number(data.unitMailboxes)],
                ['storage', size(data.storageBytes)],
                ['mailToday', number(data.mailToday)],
                ['queued', number(data.queued)],
                ['casesRunning', number(data.casesRunning)],
              ] as const
            ).map(([key, value]) => (
              <div className="card" key={key}>
                <dt>{t(key)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <section className="card">
            <div className="card-head">
              <h2>{t('warnings')}</h2>
            </div>
            {data.warnings.length === 0 ? (
              <p className="console-fine">
                <CheckCircleOutlined /> {t('noWarnings')}
              </p>
            ) : (
              <ul className="console-warnings">
                {data.warnings.map((warning) => (
                  <li key={warning.text}>
                    <WarningOutlined />
                    <span>{warning.text}</span>
                    {warning.link?.startsWith('/') && <Link to={warning.link}>{t('see')}</Link>}
                  </li>
                ))}
              </ul>
            )}
          </section>
        </>
      )}
    </Loaded>
  );
}
