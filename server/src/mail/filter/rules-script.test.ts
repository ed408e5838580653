import type { MailRules } from '@hongyan/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileScript } from '../protocol/sieve/index.ts';
import { isActive, NO_RULES, rulesScript } from './rules-script.ts';

const text = fc
  .string({ minLength: 1, maxLength: 60, unit: 'binary' })
  .map((value) => value.replace(/\0/g, ''));
const word = fc.constantFrom('a@b.test', 'x.y@sub.example.test');

const rules: fc.Arbitrary<MailRules> = fc.record({
  vacation: fc.record({
    enabled: fc.boolean(),
    subject: text,
    text,
    html: fc.option(text, { nil: undefined }),
    from: fc.constant('2026-10-01T00:00:00Z'),
  }),
  forwarding: fc.record({ enabled: fc.boolean(), addresses: fc.array(word), keepCopy: fc.boolean() }),
  blocked: fc.record({
    senders: fc.array(fc.oneof(word, fc.constantFrom('spam.test', '@bad.test'))),
    action: fc.constantFrom('junk' as const, 'discard' as const),
  }),
  filters: fc.array(
    fc.record({
      name: text,
      enabled: fc.boolean(),
      match: fc.constantFrom('all' as const, 'any' as const),
      stop: fc.boolean(),
      conditions: fc.array(
        fc.record({
          field: fc.constantFrom(
            'from' as const,
            'to' as const,
            'recipient' as const,
            'subject' as const,
            'body' as const,
            'size' as const,
            'header' as const,
          ),
          header: fc.constant('X-A'),
          operator: fc.constantFrom(
            'contains' as const,
            'not_contains' as const,
            'is' as const,
            'is_not' as const,
            'begins' as const,
            'ends' as const,
            'over' as const,
            'under' as const,
          ),
          value: text,
        }),
        { minLength: 1, maxLength: 5 },
      ),
      actions: fc.array(
        fc.record({
          type: fc.constantFrom(
            'move' as const,
            'copy' as const,
            'seen' as const,
            'flag' as const,
            'forward' as const,
            'discard' as const,
            'reject' as const,
            'notify' as const,
          ),
          mailboxId: fc.constant(3),
          mailbox: fc.constant('工作/2026'),
          address: word,
          text,
        }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
    { maxLength: 5 },
  ),
});

describe('[MAIL-4] rules of the settings pages', () => {
  it('become a script that is always right, whatever people type', () => {
    fc.assert(
      fc.property(rules, (made) => {
        expect(() => compileScript(rulesScript(made))).not.toThrow();
      }),
    );
  });

  it('count as nothing until one is switched on', () => {
    expect(isActive(NO_RULES)).toBe(false);
    expect(isActive({ ...NO_RULES, forwarding: { enabled: true, addresses: [], keepCopy: true } })).toBe(
      false,
    );
    expect(isActive({ ...NO_RULES, blocked: { senders: ['spam.test'], action: 'junk' } })).toBe(true);
  });
});
