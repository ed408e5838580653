import { describe, expect, it } from 'vitest';
import { render, templateNames } from './templates.ts';

describe('templates', () => {
  it('use the same parameters in both languages', () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    for (const name of templateNames()) {
      const zh = render(name, {}, 'zh-CN');
      const en = render(name, {}, 'en');
      expect(new Set(names(zh.body)), name).toEqual(new Set(names(en.body)));
      expect(en.body, name).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
