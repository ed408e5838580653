import { useTexts } from '../../kit/texts.ts';
import { texts } from './texts.ts';

const PASSWORD = 'Beichen-2026!demo';
const people = [
  ['zhangwei', 'sampleStaff'],
  ['zhaomin', 'sampleHead'],
  ['wangfang', 'sampleCentre'],
  ['admin', 'sampleAdmin'],
] as const;

/** Shown only while the database holds the sample institution. */
export function SampleAccounts({ choose }: { choose: (account: string, password: string) => void }) {
  const t = useTexts(texts);
  return (
    <div className="sign-sample">
      <p>{t('sample', { password: PASSWORD })}</p>
      <div>
        {people.map(([account, role]) => (
          <button key={account} type="button" onClick={() => choose(account, PASSWORD)}>
            <strong>{account}</strong> {t(role)}
          </button>
        ))}
      </div>
    </div>
  );
}
