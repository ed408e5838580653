import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailFixture, mailFixture } from './mail-fixture.ts';

const run = promisify(execFile);
let fixture: MailFixture;
beforeAll(async () => {
  fixture = await mailFixture();
});
afterAll(() => fixture.close());

async function setFooter(value: { scope: string; text: string }): Promise<void> {
  await fixture.database.pool.query(
    `insert into mail.setting values ('footer', $1, now()) on conflict (key) do update set value = excluded.value`,
    [value],
  );
  fixture.mail.settings.forget();
}

/** Sends with curl over the submission port; answers what arrived with liuyang. */
async function send(...recipients: string[]): Promise<string> {
  const to = recipients.map((address) => `--mail-rcpt ${address}`).join(' ');
  await run('sh', [
    '-c',
    `printf 'From: zhangwei@beichen.test\\r\\nSubject: x\\r\\n\\r\\nhi\\r\\n' | curl -sSk --url smtps://127.0.0.1:${fixture.ports.submissions} --mail-from zhangwei@beichen.test ${to} --user 'zhangwei:secret one' -T -`,
  ]);
  return newest();
}

async function newest(): Promise<string> {
  const { mail, database } = fixture;
  const scope = { accountId: 2, readerId: 2 };
  const inbox = await mail.store.mailboxByRole(database.db, scope, 'inbox');
  const entries = inbox ? await mail.store.entries(database.db, scope, inbox.id) : [];
  const message = await mail.store.open(database.db, 2, entries.at(-1)?.messageId ?? 0);
  return (await message?.bytes())?.toString() ?? '';
}

describe('common footer', () => {
  it('[ADM-2] [MAIL-2] stands under submitted mail as the setting says: none, with a recipient outside, all', async () => {
    expect(await send('liuyang@beichen.test')).toMatch(/\r\n\r\nhi\r\n$/);
    await setFooter({ scope: 'outside', text: '北辰大学' });
    expect(await send('liuyang@beichen.test')).toMatch(/\r\n\r\nhi\r\n$/);
    const encoded = '=E5=8C=97=E8=BE=B0=E5=A4=A7=E5=AD=A6';
    const outside = await send('liuyang@beichen.test', 'someone@example.test');
    expect(outside.endsWith(`\r\n\r\nhi\r\n\r\n${encoded}\r\n`)).toBe(true);
    expect(outside).toContain('Content-Transfer-Encoding: quoted-printable\r\n');
    await setFooter({ scope: 'all', text: 'Beichen' });
    expect(await send('liuyang@beichen.test')).toMatch(/\r\n\r\nhi\r\n\r\nBeichen\r\n$/);
  });

  it('[ADM-2] stands under mail that the web and JMAP send too', async () => {
    await setFooter({ scope: 'all', text: 'Beichen' });
    const result = await fixture.mail.submit({
      accountId: 1,
      sender: 'zhangwei@beichen.test',
      recipients: [{ address: 'liuyang@beichen.test' }],
      message: (async function* () {
        yield Buffer.from('From: zhangwei@beichen.test\r\nSubject: x\r\n\r\n');
        yield Buffer.from('by web\r\n');
      })(),
    });
    expect(result.ok).toBe(true);
    expect(await newest()).toMatch(/\r\n\r\nby web\r\n\r\nBeichen\r\n$/);
  });
});
