import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailKit, startMail } from './imap-kit.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

const append = (path: string): string[] => [
  `APPEND "${path}" (\\Seen \\Flagged \\Deleted) `,
  'Subject: x\r\n\r\nx\r\n',
];

describe('ACL', () => {
  it('[MAIL-3] a shared folder appears for the other person, with the rights that were given', async () => {
    const owner = await kit.person('owner');
    await kit.person('guest');
    const mine = await kit.signIn('owner');
    const guest = await kit.signIn('guest');
    await mine.ok('CREATE Work/Plans');
    await kit.put(owner, 'Work/Plans', 'Subject: one\n\nx\n');
    const name = '"Other Users/owner@beichen.test/Work/Plans"';
    expect((await guest.run(`SELECT ${name}`)).tagged).toMatch(/^NO \[NONEXISTENT\]/);
    await mine.ok('SETACL Work/Plans guest@beichen.test lr');
    expect(await guest.ok('LIST "" "Other Users/*"')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" "Other Users/owner@beichen.test"',
      '* LIST (\\Noselect \\HasChildren) "/" "Other Users/owner@beichen.test/Work"',
      `* LIST (\\HasNoChildren) "/" ${name}`,
    ]);
    expect(await guest.ok(`MYRIGHTS ${name}`)).toEqual([`* MYRIGHTS ${name} lr`]);
    const { lines, tagged } = await guest.run(`SELECT ${name}`);
    expect(tagged).toMatch(/^OK \[READ-ONLY\]/);
    expect(lines).toContain('* 1 EXISTS');
    expect(await guest.ok('FETCH 1 BODY[]')).toHaveLength(1);
    expect(await mine.ok('STATUS Work/Plans (UNSEEN)')).toEqual(['* STATUS "Work/Plans" (UNSEEN 1)']);
    expect((await guest.run('STORE 1 +FLAGS (\\Seen)')).tagged).toMatch(/^NO/);
    expect((await guest.literals(append('Other Users/owner@beichen.test/Work/Plans'))).tagged).toMatch(
      /^NO \[NOPERM\]/,
    );
    expect((await guest.run(`GETACL ${name}`)).tagged).toMatch(/^NO \[NOPERM\]/);
    expect((await guest.run(`DELETE ${name}`)).tagged).toMatch(/^NO \[NOPERM\]/);
    expect((await guest.run(`GETQUOTAROOT ${name}`)).lines).toEqual([`* QUOTAROOT ${name}`]);
    expect(await mine.ok('GETACL Work/Plans')).toEqual([
      '* ACL "Work/Plans" "owner@beichen.test" lrswipkxteacd "guest@beichen.test" lr',
    ]);
  });

  it('[MAIL-3] each right opens what it names and nothing else', async () => {
    const owner = await kit.person('giver');
    await kit.person('taker');
    const mine = await kit.signIn('giver');
    const other = await kit.signIn('taker');
    await mine.ok('CREATE Box');
    for (let n = 0; n < 3; n++) await kit.put(owner, 'Box', `Subject: ${n}\n\nx\n`);
    const path = 'Other Users/giver@beichen.test/Box';
    const allow = (rights: string) => mine.ok(`SETACL Box taker@beichen.test ${rights}`);

    await allow('lrs');
    expect((await other.run(`SELECT "${path}"`)).lines).toContainEqual(
      expect.stringContaining('[PERMANENTFLAGS (\\Seen)]'),
    );
    expect(await other.ok('STORE 1 FLAGS (\\Seen \\Flagged)')).toEqual(['* 1 FETCH (UID 1 FLAGS (\\Seen))']);
    expect((await other.run('STORE 1 +FLAGS (\\Flagged)')).tagged).toMatch(/^NO \[NOPERM\]/);
    await allow('lrwi');
    expect((await other.run('NOOP')).lines[0]).toContain('PERMANENTFLAGS (\\Answered \\Flagged \\Draft');
    expect(await other.ok('STORE 1 FLAGS (\\Flagged kw)')).toContain(
      '* 1 FETCH (UID 1 FLAGS (\\Seen \\Flagged kw))',
    );
    expect((await other.literals(append(path))).tagged).toMatch(/^OK/);
    expect(await other.ok('FETCH 4 FLAGS')).toEqual(['* 4 FETCH (FLAGS (\\Flagged))']);
    expect((await other.run('EXPUNGE')).tagged).toMatch(/^NO \[NOPERM\]/);
    expect((await other.run('MOVE 1 INBOX')).tagged).toMatch(/^NO \[NOPERM\]/);
    expect((await other.run('COPY 1 INBOX')).tagged).toMatch(/^OK \[COPYUID/);
    expect((await other.run(`CREATE "${path}/Sub"`)).tagged).toMatch(/^NO \[NOPERM\]/);
    await allow('lrtekx');
    await other.ok('MOVE 1 INBOX');
    expect((await other.run('COPY 1 INBOX')).tagged).toMatch(/^OK/);
    await other.ok(`CREATE "${path}/Sub"`);
    expect(await other.ok(`MYRIGHTS "${path}/Sub"`)).toEqual([`* MYRIGHTS "${path}/Sub" lrkxtecd`]);
    await other.ok(`RENAME "${path}/Sub" "${path}/Sub2"`);
    await other.ok(`DELETE "${path}/Sub2"`);
    expect((await other.run('CREATE "Other Users/giver@beichen.test/Top"')).tagged).toMatch(/^NO \[NOPERM\]/);
  });

  it('[MAIL-3] a session is told BYE when its right to read is taken away', async () => {
    await kit.person('changer');
    await kit.person('loser');
    const mine = await kit.signIn('changer');
    const other = await kit.signIn('loser');
    await mine.ok('CREATE Box');
    await mine.ok('SETACL Box loser@beichen.test lr');
    await other.ok('SELECT "Other Users/changer@beichen.test/Box"');
    await mine.ok('SETACL Box loser@beichen.test -r');
    expect((await other.run('NOOP')).lines[0]).toMatch(/^\* BYE/);
    await other.closed;
  });

  it('[MAIL-3] DELETEACL, anyone, + and - work, and names that are nobody are refused', async () => {
    const owner = await kit.person('giver2');
    await kit.person('any');
    const mine = await kit.signIn('giver2');
    const other = await kit.signIn('any');
    await mine.ok('CREATE Public');
    await kit.put(owner, 'Public', 'Subject: 1\n\nx\n');
    await mine.ok('SETACL Public anyone lrs');
    await mine.ok('SETACL Public any@beichen.test +i');
    expect(await other.ok('MYRIGHTS "Other Users/giver2@beichen.test/Public"')).toEqual([
      '* MYRIGHTS "Other Users/giver2@beichen.test/Public" lrsi',
    ]);
    await other.ok('UNSUBSCRIBE "Other Users/giver2@beichen.test/Public"');
    expect(await mine.ok('LIST (SUBSCRIBED) "" "%"')).not.toContain('x');
    expect(await other.ok('LIST (SUBSCRIBED) "" "Other Users/*"')).toEqual([]);
    await mine.ok('DELETEACL Public anyone');
    expect((await other.run('SELECT "Other Users/giver2@beichen.test/Public"')).tagged).toMatch(/^NO/);
    expect((await mine.run('SETACL Public nobody@beichen.test lr')).tagged).toMatch(/^NO/);
    expect((await mine.run('SETACL Public any@beichen.test lrq')).tagged).toMatch(/^BAD/);
    expect((await mine.run('SETACL Public -any@beichen.test lr')).tagged).toMatch(/^NO/);
    expect((await mine.run('SETACL Public giver2@beichen.test l')).tagged).toMatch(/^NO/);
    expect(await mine.ok('LISTRIGHTS Public any@beichen.test')).toEqual([
      '* LISTRIGHTS "Public" "any@beichen.test" "" l r s w i p k x t e a c d',
    ]);
    expect(await mine.ok('LISTRIGHTS Public giver2@beichen.test')).toEqual([
      '* LISTRIGHTS "Public" "giver2@beichen.test" lrswipkxteacd',
    ]);
  });

  it('[MAIL-3] members of a unit mailbox work as before and cannot hand out rights', async () => {
    const id = await kit.person('member');
    await kit.unit('office', [id]);
    const member = await kit.signIn('member');
    expect(await member.ok('MYRIGHTS "Other Users/office@beichen.test/INBOX"')).toEqual([
      '* MYRIGHTS "Other Users/office@beichen.test/INBOX" lrswipkxtecd',
    ]);
    expect((await member.run('SETACL "Other Users/office@beichen.test/INBOX" anyone lr')).tagged).toMatch(
      /^NO \[NOPERM\]/,
    );
    expect((await member.literals(append('Other Users/office@beichen.test/INBOX'))).tagged).toMatch(/^OK/);
  });
});
