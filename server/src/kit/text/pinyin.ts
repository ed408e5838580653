import { pinyin } from 'pinyin-pro';

export interface NameKeys {
  /** Whole pinyin without tones or gaps: `zhangwei`. */
  pinyin: string;
  /** For sorting, syllable by syllable: `zhang wei`. */
  order: string;
  /** First letters: `zw`. */
  initials: string;
  /** Upper-case first letter, or `#`. */
  initial: string;
}

/** Search keys of a Chinese (or any) name; letters and digits stay as they are. `person`: the surname is read as one (曾 is zeng). */
export function digest(name: string, kind?: 'person'): NameKeys {
  const parts = pinyin(name, {
    toneType: 'none',
    type: 'array',
    nonZh: 'consecutive',
    v: true,
    surname: kind === 'person' ? 'head' : 'off',
  })
    .map((part) => part.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .filter((part) => part !== '');
  const first = parts[0]?.[0]?.toUpperCase() ?? '#';
  return {
    pinyin: parts.join(''),
    order: parts.join(' '),
    initials: parts.map((part) => part[0] ?? '').join(''),
    initial: /[A-Z]/.test(first) ? first : '#',
  };
}
