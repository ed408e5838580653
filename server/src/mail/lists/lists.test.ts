import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFailure } from './bounce-report.ts';
import { maySend, mustWait, needsProof, type Standing } from './policy.ts';
import { createListTokens } from './tokens.ts';

const stranger: Standing = {
  signedIn: false,
  member: false,
  chosen: false,
  moderator: false,
  byAddress: true,
};
const colleague = { ...stranger, signedIn: true, byAddress: false };

describe('who may send to a list', () => {
  it.each([
    ['anybody', stranger, true],
    ['institution', stranger, false],
    ['institution', colleague, true],
    ['members', colleague, false],
    ['members', { ...stranger, member: true }, true],
    ['chosen', { ...colleague, member: true }, false],
    ['chosen', { ...colleague, chosen: true }, true],
    ['chosen', { ...colleague, moderator: true }, true],
  ] as const)('[ADM-5] %s: %o → %s', (senders, standing, may) => {
    expect(maySend(senders, standing)).toBe(may);
  });

  it('[ADM-5] a moderator is asked about outsiders and unproven members, or about everybody but moderators', () => {
    const member = { ...stranger, member: true };
    expect(mustWait('none', stranger, false)).toBe(false);
    expect(mustWait('outsiders', stranger, true)).toBe(true);
    expect(mustWait('outsiders', member, true)).toBe(false);
    expect(mustWait('outsiders', member, false)).toBe(true);
    expect(mustWait('all', { ...colleague, member: true }, true)).toBe(true);
    expect(mustWait('all', { ...colleague, moderator: true }, true)).toBe(false);
    expect(needsProof('members', member)).toBe(true);
    expect(needsProof('anybody', member)).toBe(false);
    expect(needsProof('members', { ...colleague, member: true })).toBe(false);
  });
});

describe('addresses and links of a list', () => {
  const tokens = createListTokens(Buffer.alloc(32, 1));
  const others = createListTokens(Buffer.alloc(32, 2));

  it('[ADM-5] name one member of one list, in any case, and cannot be made by others', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), (listId, id, here) => {
        const member = here ? { accountId: id } : { entryId: id };
        const bounce = tokens.bounceDetail(listId, member);
        expect(tokens.readDetail(listId, bounce)).toEqual({ kind: 'bounce', member });
        expect(tokens.readDetail(listId, tokens.leaveDetail(listId, member))).toEqual({
          kind: 'leave',
          member,
        });
        expect(tokens.readDetail(listId + 1, bounce)).toBeUndefined();
        expect(tokens.readDetail(listId, bounce.replace(/^b/, 'u'))).toBeUndefined();
        expect(others.readDetail(listId, bounce)).toBeUndefined();
        expect(tokens.readLeave(tokens.leaveToken(listId, member))).toEqual({ listId, member });
        expect(others.readLeave(tokens.leaveToken(listId, member))).toBeUndefined();
        expect(tokens.readHeld(tokens.heldToken(listId, id, 'release'))).toEqual({
          heldId: listId,
          moderatorId: id,
          act: 'release',
        });
        expect(
          tokens.readHeld(tokens.heldToken(listId, id, 'release').replace('release', 'reject')),
        ).toBeUndefined();
        expect(tokens.readLeave(tokens.heldToken(listId, id, 'release'))).toBeUndefined();
      }),
    );
  });

  it('never trip over what strangers write', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        tokens.readDetail(1, text);
        expect(tokens.readLeave(text)).toBeUndefined();
        expect(tokens.readHeld(text)).toBeUndefined();
        readFailure(text);
      }),
    );
  });
});

describe('a delivery report', () => {
  const report = (action: string, status: string) =>
    `Reporting-MTA: dns; mx.example.test\r\n\r\nFinal-Recipient: rfc822; a@example.test\r\nAction: ${action}\r\nStatus: ${status}\r\n`;

  it('[ADM-5] counts only when it says that delivery failed', () => {
    expect(readFailure(report('failed', '5.1.1'))).toEqual({ deadAddress: true });
    expect(readFailure(report('failed', '5.2.2'))).toEqual({ deadAddress: false });
    expect(readFailure(report('delayed', '4.4.1'))).toBeUndefined();
    expect(readFailure(report('delivered', '2.0.0'))).toBeUndefined();
    expect(readFailure('I am on holiday')).toBeUndefined();
  });
});
