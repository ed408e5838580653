import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatThreads,
  type ThreadMessage,
  type ThreadNode,
  threadByReferences,
  threadBySubject,
} from './thread.ts';

function message(number: number, part: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    number,
    id: `m${number}`,
    references: [],
    sent: number,
    arrived: number,
    baseSubject: `s${number}`,
    isReply: false,
    ...part,
  };
}

const by = (messages: ThreadMessage[]) => formatThreads(threadByReferences(messages, true));

describe('THREAD', () => {
  it('[MAIL-3] puts answers below what they answer, siblings by date', () => {
    expect(
      by([
        message(1),
        message(2, { references: ['m1'], sent: 30 }),
        message(3, { references: ['m1'], sent: 20 }),
        message(4, { references: ['m1', 'm2'] }),
        message(5),
      ]),
    ).toBe('(1 (3)(2 4))(5)');
  });

  it('[MAIL-3] keeps brothers of a parent that is not there together', () => {
    expect(by([message(1, { references: ['gone'] }), message(2, { references: ['gone'] })])).toBe('((1)(2))');
    expect(by([message(1, { references: ['gone'] })])).toBe('(1)');
  });

  it('[MAIL-3] joins threads of one base subject, answers below the original', () => {
    const alike = { baseSubject: 'plan' };
    expect(by([message(1, alike), message(2, { ...alike, isReply: true })])).toBe('(1 2)');
    expect(by([message(1, alike), message(2, alike)])).toBe('((1)(2))');
    expect(by([message(1, { ...alike, isReply: true }), message(2, alike)])).toBe('(2 1)');
    expect(by([message(1, alike), message(2, alike), message(3, alike)])).toBe('((1)(2)(3))');
    expect(formatThreads(threadByReferences([message(1, alike), message(2, alike)], false))).toBe('(1)(2)');
  });

  it('[MAIL-3] survives circles, doubles and messages without an id', () => {
    expect(by([message(1, { references: ['m2'] }), message(2, { references: ['m1'] })])).toBe('(2 1)');
    expect(by([message(1), message(2, { id: 'm1' }), message(3, { id: undefined })])).toBe('(1)(2)(3)');
    expect(by([message(1, { references: ['m1'] })])).toBe('(1)');
  });

  it('[MAIL-3] ORDEREDSUBJECT has one level below the first of each subject', () => {
    const messages = [
      message(1, { baseSubject: 'b', sent: 5 }),
      message(2, { baseSubject: 'a', sent: 1 }),
      message(3, { baseSubject: 'b', sent: 3 }),
      message(4, { baseSubject: 'b', sent: 9 }),
    ];
    expect(formatThreads(threadBySubject(messages))).toBe('(2)(3 (1)(4))');
  });

  it('[MAIL-3] names every message once, whatever the references say', () => {
    const id = fc.integer({ min: 0, max: 12 }).map((n) => `m${n}`);
    const any = fc.array(
      fc.record({
        id: fc.option(id, { nil: undefined }),
        references: fc.array(id, { maxLength: 6 }),
        sent: fc.integer({ min: 0, max: 5 }),
        baseSubject: fc.constantFrom('', 'a', 'b'),
        isReply: fc.boolean(),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(any, fc.boolean(), (parts, subjects) => {
        const messages = parts.map((part, index) => message(index + 1, part));
        const roots = threadByReferences(messages, subjects);
        const numbers: number[] = [];
        const walk = (node: ThreadNode) => {
          if (node.message) numbers.push(node.message.number);
          node.children.forEach(walk);
        };
        roots.forEach(walk);
        expect(numbers.sort((a, b) => a - b)).toEqual(messages.map((one) => one.number));
        const told = formatThreads(roots).match(/\d+/g)?.map(Number) ?? [];
        expect(told.sort((a, b) => a - b)).toEqual(numbers);
      }),
    );
  });

  it('[SEC-1] a chain as long as a mailbox takes no stack', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      message(index + 1, { references: index === 0 ? [] : [`m${index}`] }),
    );
    expect(formatThreads(threadByReferences(chain.reverse(), true)).length).toBeGreaterThan(100_000);
  });
});
