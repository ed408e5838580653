import { describe, expect, it } from 'vitest';
import { ownPolicy } from './own-policy.ts';
import { parseStsPolicy, stsAllows } from './sts-policy.ts';

describe('our own MTA-STS policy', () => {
  it('[MAIL-2] names our exchanger to those who ask mta-sts.<domain>, and nobody else', () => {
    const text = ownPolicy('enforce', 'MTA-STS.beichen.test', ['beichen.test'], 'mail.beichen.test') ?? '';
    const policy = parseStsPolicy(text);
    expect(policy).toMatchObject({ mode: 'enforce', maxAge: 604_800 });
    expect(policy && stsAllows(policy, 'mail.beichen.test')).toBe(true);
    expect(ownPolicy('enforce', 'mail.beichen.test', ['beichen.test'], 'x')).toBeUndefined();
    expect(ownPolicy('off', 'mta-sts.beichen.test', ['beichen.test'], 'x')).toBeUndefined();
  });
});
