import type { Site } from '@hongyan/contract';
import type { ReactNode } from 'react';
import { Logo } from '../../kit/logo.tsx';
import { setLanguage, useLanguage, useTexts } from '../../kit/texts.ts';
import { texts } from './texts.ts';

/** Picture at the left, a card at the right; on the phone the picture is a band. */
export function Frame({
  site,
  failed,
  children,
}: {
  site: Site | undefined;
  failed: boolean;
  children: ReactNode;
}) {
  const t = useTexts(texts);
  const current = useLanguage();
  const institution = site?.institution || t('product');
  return (
    <div className="sign">
      <div className="sign-picture" aria-hidden="true" />
      <main className="sign-side">
        <header className="sign-head">
          <span className="sign-brand">
            <Logo size={40} />
            <span>
              <strong>{institution}</strong>
              <small>{site?.introduction || t('tagline')}</small>
            </span>
          </span>
          <button
            type="button"
            className="sign-link"
            lang={current === 'en' ? 'zh-CN' : 'en'}
            onClick={() => void setLanguage(current === 'en' ? 'zh-CN' : 'en')}
          >
            {t('language')}
          </button>
        </header>
        <div className="sign-card">
          {failed ? (
            <p className="sign-error" role="alert">
              {t('noAnswer')}
            </p>
          ) : (
            children
          )}
        </div>
        {site && site.news.length > 0 && (
          <section className="sign-news" aria-label={t('news')}>
            <h2>{t('news')}</h2>
            <ul>
              {site.news.slice(0, 4).map((item) => (
                <li key={item.title}>
                  <span>{item.title}</span>
                  <time>{item.day}</time>
                </li>
              ))}
            </ul>
          </section>
        )}
        {site?.helpDesk && <footer className="sign-foot">{t('help', { desk: site.helpDesk })}</footer>}
      </main>
    </div>
  );
}
