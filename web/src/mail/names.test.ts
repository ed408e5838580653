import { describe, expect, it, vi } from 'vitest';

vi.mock('../kit/texts.ts', () => ({ useTexts: () => (key: string) => key, defineTexts: () => ({}) }));
const { parseAddress, formatAddress, domainOf } = await import('./names.ts');

describe('mail addresses as people type them', () => {
  it.each([
    ['zhangwei@beichen.test', { name: null, email: 'zhangwei@beichen.test' }],
    [' 张伟 <zhangwei@beichen.test> ', { name: '张伟', email: 'zhangwei@beichen.test' }],
    ['"Smith, John" <john@example.com>', { name: 'Smith, John', email: 'john@example.com' }],
  ])('[MAIL-4] understands %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each(['张伟', 'a@', '@b', 'a b@c', '', 'a@b@c'])('[MAIL-4] refuses %s', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('[MAIL-4] writes them back as they were', () => {
    expect(formatAddress({ name: '张伟', email: 'a@b.test' })).toBe('张伟 <a@b.test>');
    expect(domainOf('A@Beichen.TEST')).toBe('beichen.test');
  });
});
