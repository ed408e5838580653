import type { Locale } from '../errors/index.ts';

export type { Locale } from '../errors/index.ts';

/** A text in both languages, for what modules show besides errors. */
export interface Texts {
  zh: string;
  en: string;
}

export function say(texts: Texts, locale: Locale): string {
  return locale === 'en' ? texts.en : texts.zh;
}

/** The best of our two languages for an Accept-Language header (RFC 9110 §12.5.4); Chinese when nothing fits. */
export function negotiate(header: string | undefined): Locale {
  const wishes = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.trim().toLowerCase().split(';');
      const quality = params.map((param) => /^\s*q=([0-9.]+)$/.exec(param)?.[1]).find((q) => q !== undefined);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((wish) => wish.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wishes) {
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'zh-CN';
}
