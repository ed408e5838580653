import type { Locale } from '../kit/errors/index.ts';

/** Sentences for the engineer come in the language of his terminal: LC_ALL, LC_MESSAGES, LANG as POSIX orders them. */
export function terminalLocale(env: Readonly<Record<string, string | undefined>>): Locale {
  const language = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return language.startsWith('zh') ? 'zh-CN' : 'en';
}
