import type { PersonRef } from '@hongyan/contract';
import './person.css';

const TONES = 6;

function toneOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TONES;
}

/** 张伟 → 伟, John Smith → JS. */
function initials(name: string): string {
  const clean = name.trim();
  if (/^[\u3400-\u9fff]/.test(clean)) return clean.length > 3 ? clean.slice(0, 1) : clean.slice(-1);
  const words = clean.split(/\s+/);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words[words.length - 1] ?? '') : '';
  return (first.slice(0, 1) + last.slice(0, 1)).toUpperCase() || '·';
}

export function Face({ name, size = 32 }: { name: string; size?: number }) {
  return (
    <span
      className="face"
      data-tone={toneOf(name)}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.44) }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

/** Avatar, name and unit on one line. */
export function Person({ person, size = 28 }: { person: PersonRef; size?: number }) {
  return (
    <span className="person">
      <Face name={person.name} size={size} />
      <span className="person-text">
        <span>{person.name}</span>
        {person.unit && <small>{person.unit}</small>}
      </span>
    </span>
  );
}
