import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export type Language = 'zh-CN' | 'en';
/** Chinese, English, and English for exactly one where `{{count}}` is in it. */
export type Pair = readonly [chinese: string, english: string, englishOne?: string];
export interface Texts<Key extends string> {
  namespace: string;
  pairs: Readonly<Record<Key, Pair>>;
}
export type TextValues = Record<string, string | number>;

const STORED = 'hongyan.language';

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'zh-CN' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: false,
  resources: {},
  initAsync: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});
document.documentElement.lang = i18next.language;

/**
 * One catalogue of a module. Both languages stand side by side, so that one cannot be forgotten.
 */
export function defineTexts<Key extends string>(
  namespace: string,
  pairs: Readonly<Record<Key, Pair>>,
): Texts<Key> {
  const chinese: Record<string, string> = {};
  const english: Record<string, string> = {};
  for (const [key, pair] of Object.entries<Pair>(pairs)) {
    const [zh, en, one] = pair;
    chinese[key] = zh;
    english[key] = en;
    if (one !== undefined) english[`${key}_one`] = one;
  }
  i18next.addResourceBundle('zh-CN', namespace, chinese);
  i18next.addResourceBundle('en', namespace, english);
  return { namespace, pairs };
}

export type Translate<Key extends string> = (key: Key, values?: TextValues) => string;

export function useTexts<Key extends string>(texts: Texts<Key>): Translate<Key> {
  const { t } = useTranslation(texts.namespace);
  return (key: string, values) => t(key, { ...values, ns: texts.namespace });
}

/** For code outside components. */
export function translate<Key extends string>(texts: Texts<Key>, key: Key, values?: TextValues): string {
  const name: string = key;
  return i18next.t(name, { ...values, ns: texts.namespace });
}

export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN';
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'en' ? 'en' : 'zh-CN';
}

export async function setLanguage(next: Language): Promise<void> {
  localStorage.setItem(STORED, next);
  document.documentElement.lang = next;
  await i18next.changeLanguage(next);
}
