import { describe, expect, it } from 'vitest';
import { brokenRules, DEFAULT_POLICY } from './password.policy.ts';

const broken = (password: string, person = {}) =>
  brokenRules(DEFAULT_POLICY, password, person).map((rule) => rule.code.split('.')[1]);

describe('password policy', () => {
  it('[ID-5] accepts a long password of three classes', () => {
    expect(broken('Beichen-2026!demo', { account: 'admin' })).toEqual([]);
  });
  it('[ID-5] names every rule that is broken', () => {
    expect(broken('abc')).toEqual(['password_length', 'password_classes', 'password_common']);
    expect(broken('a'.repeat(40))).toContain('password_length');
  });
  it('[ID-5] refuses the account name and the phone inside', () => {
    expect(broken('Xx-ZhangWei-88', { account: 'zhangwei' })).toEqual(['password_personal']);
    expect(broken('Xx-13812345678', { phones: ['138 1234 5678'] })).toEqual(['password_personal']);
  });
  it('[ID-5] refuses common passwords with little around them', () => {
    expect(broken('Password!123')).toContain('password_common');
    expect(broken('Administrator#1')).toContain('password_common');
    expect(broken('aaaaaaaaaA1A')).toContain('password_common');
  });
  it('[ID-5] counts characters, not UTF-16 units', () => {
    expect(broken('鸿雁传书Ab1鸿雁传书啊')).toEqual([]);
  });
});
