import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { usePageTitle } from '../kit/page-title.ts';
import { Face } from '../kit/person.tsx';
import { usePhone } from '../kit/screen.ts';
import { useMay, useMe, useSignOut } from '../kit/session.ts';
import { useTexts } from '../kit/texts.ts';
import { History } from './history.tsx';
import { MyMailboxes } from './mailboxes.tsx';
import { ChangePassword } from './password.tsx';
import { Preferences } from './preferences.tsx';
import { Sessions } from './sessions.tsx';
import { texts } from './texts.ts';
import './identity.css';

const tabs = ['profile', 'preferences', 'password', 'sessions', 'history', 'mailboxes'] as const;
type Tab = (typeof tabs)[number];

export function MePage() {
  const t = useTexts(texts);
  const navigate = useNavigate();
  const phone = usePhone();
  const wanted = useSearch({ from: '/me' }).tab;
  const tab = tabs.find((one) => one === wanted);
  const shown: Tab = tab ?? 'profile';
  usePageTitle(t(phone && !tab ? 'title' : shown));
  return (
    <div className="page me">
      {(!phone || !tab) && (
        <nav className="side me-side" aria-label={t('title')}>
          <Who />
          {tabs.map((one) => (
            <button
              key={one}
              type="button"
              data-active={(!phone && one === shown) || undefined}
              aria-current={one === shown ? 'page' : undefined}
              onClick={() => void navigate({ to: '/me', search: { tab: one } })}
            >
              {t(one)}
            </button>
          ))}
          {phone && <PhoneLinks />}
        </nav>
      )}
      {(!phone || tab) && (
        <div>
          <div className="page-head">
            <h1>{t(shown)}</h1>
          </div>
          {shown === 'profile' && <Profile />}
          {shown === 'preferences' && <Preferences />}
          {shown === 'password' && <ChangePassword />}
          {shown === 'sessions' && <Sessions />}
          {shown === 'history' && <History />}
          {shown === 'mailboxes' && <MyMailboxes />}
        </div>
      )}
    </div>
  );
}

function Who() {
  const me = useMe();
  return (
    <div className="me-who">
      <Face name={me.name} size={48} />
      <div>
        <strong>{me.name}</strong>
        <span className="quiet">{me.number ?? me.address}</span>
      </div>
    </div>
  );
}

function PhoneLinks() {
  const t = useTexts(texts);
  const console = useMay('console');
  const signOut = useSignOut();
  return (
    <>
      <Link to="/directory">{t('directory')}</Link>
      {console && <Link to="/console">{t('console')}</Link>}
      <button type="button" className="me-out" onClick={signOut}>
        {t('signOut')}
      </button>
    </>
  );
}

function Profile() {
  const t = useTexts(texts);
  const me = useMe();
  const facts = [
    [t('name'), me.name],
    [t('account'), me.account],
    [t('address'), me.address],
    [t('number'), me.number],
    [t('unit'), me.unit?.path],
    [t('kind'), t(me.kind)],
  ] as const;
  return (
    <section className="card">
      <dl className="facts">
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <p className="quiet me-why">{t('profileWhy')}</p>
    </section>
  );
}
