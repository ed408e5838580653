import { useTexts } from '../../kit/texts.ts';
import { trustTexts } from './texts.ts';

export interface AlignmentRow {
  label: string;
  both: number;
  dkim: number;
  spf: number;
  none: number;
}

const KINDS = [
  { key: 'both', text: 'both' },
  { key: 'dkim', text: 'dkimOnly' },
  { key: 'spf', text: 'spfOnly' },
  { key: 'none', text: 'neither' },
] as const;
const WIDTH = 1_000;

/** One bar a row, split by what aligned; the longest row fills the width. */
export function AlignmentChart({ rows }: { rows: AlignmentRow[] }) {
  const t = useTexts(trustTexts);
  const sum = (row: AlignmentRow) => row.both + row.dkim + row.spf + row.none;
  const most = Math.max(1, ...rows.map(sum));
  return (
    <>
      <ul className="alignment-legend">
        {KINDS.map((kind) => (
          <li key={kind.key} className={`alignment-${kind.key}`}>
            {t(kind.text)}
          </li>
        ))}
      </ul>
      <ul className="alignment">
        {rows.map((row) => (
          <li key={row.label}>
            <span className="alignment-label">{row.label}</span>
            <svg
              viewBox={`0 0 ${WIDTH} 10`}
              preserveAspectRatio="none"
              role="img"
              aria-label={KINDS.map((kind) => `${t(kind.text)} ${row[kind.key]}`).join('，')}
            >
              {KINDS.map((kind, index) => {
                const before = KINDS.slice(0, index).reduce((all, other) => all + row[other.key], 0);
                return (
                  <rect
                    key={kind.key}
                    className={`alignment-${kind.key}`}
                    x={(before / most) * WIDTH}
                    width={(row[kind.key] / most) * WIDTH}
                    height={10}
                  />
                );
              })}
            </svg>
            <span className="alignment-count">{sum(row).toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
