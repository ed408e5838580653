import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Pair, Texts } from './texts.ts';

const HAN = /[\u3400-\u9fff]/;
/** Names that are the same in every language. */
const LATIN_NAMES =
  /\b(CSV|rspamd|ClamAV|IMAP|POP3|SMTP|SSL|TLS|STARTTLS|ManageSieve|MX|TXT|CNAME|SRV|SPF|DNS|VPN|Ctrl|K|GB|MB|English|example|edu|cn|com|HTML|mta|sts|Sieve|admin|j|k|r|c|Outlook|Foxmail|Thunderbird|Safari|iPhone|iPad|Mac|GoDaddy|eName)\b/g;
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] ?? '').sort();

const catalogues: Texts<string>[] = [];

beforeAll(async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('navigator', { language: 'zh-CN' });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  const modules = import.meta.glob<Record<string, Texts<string>>>('../**/{texts,texts-common,*-texts}.ts');
  for (const load of Object.values(modules)) {
    const found = Object.values(await load()).filter((one) => typeof one === 'object' && 'pairs' in one);
    catalogues.push(...found);
  }
});

function everyPair(check: (pair: Pair, name: string) => void): void {
  for (const { namespace, pairs } of catalogues) {
    for (const [key, pair] of Object.entries(pairs)) check(pair, `${namespace}.${key}`);
  }
}

describe('the texts of the web pages', () => {
  it('[UI-1] are all found', () => {
    expect(catalogues.length).toBeGreaterThan(8);
  });

  it('[UI-1] say everything in both languages', () => {
    everyPair(([chinese, english], name) => {
      expect(chinese.trim(), name).not.toBe('');
      expect(english.trim(), name).not.toBe('');
    });
  });

  it('[UI-1] put the same values into both languages', () => {
    everyPair(([chinese, english], name) => {
      expect(placeholders(english), name).toEqual(placeholders(chinese));
    });
  });

  it('[UI-1] let no English into Chinese and no Chinese into English', () => {
    const leaks: string[] = [];
    everyPair(([chinese, english], name) => {
      if (/language|chinese|english/.test(name)) return;
      const rest = chinese.replace(/\{\{\w+\}\}/g, '').replace(LATIN_NAMES, '');
      if (/[a-z]{2,}/i.test(rest)) leaks.push(`${name}: ${chinese}`);
      if (HAN.test(english)) leaks.push(`${name}: ${english}`);
    });
    expect(leaks).toEqual([]);
  });
});
