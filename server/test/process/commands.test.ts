import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../src/kit/db/index.ts';
import { hongyan, type Product, send, settings, setUp, signIn, socketOf, startProduct } from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'hongyan commands 命令-'));
chmodSync(root, 0o755);
const env = settings(join(root, 'data'));
const HEADER = '用户名称,帐号名,密码,部门,工号';
/** What the super administrator chooses after a reset. */
const BOSS = 'Third-24680!qrst';
const GOOD = 'Xyz-12345!abcd';
let product: Product;

beforeAll(async () => {
  const early = await hongyan(env, ['account', 'add', 'li', '--display', '李', '--password-stdin'], {
    input: GOOD,
  });
  expect(early).toMatchObject({ code: 1 });
  expect(early.output).toContain('There is no data');
  expect(existsSync(join(root, 'data'))).toBe(false);
  product = await startProduct(env);
  expect((await setUp(product)).status).toBe(200);
});
afterAll(async () => {
  await product?.end('SIGTERM');
  rmSync(root, { recursive: true, force: true });
});

function file(name: string, content: string | Buffer): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

/** A thousand people in seven units, five of them impossible. */
function thousand(): string {
  const rows = Array.from({ length: 1_000 }, (_, n) => `张三${n},u${n},${GOOD},信息学院/系${n % 7},N${n}`);
  rows[10] = `坏,BAD name,${GOOD},,`;
  rows[20] = '弱,weak1,123,,';
  rows[30] = `重,u5,${GOOD},,`;
  rows[40] = `,noname,${GOOD},,`;
  rows[50] = `号,num1,${GOOD},不该有的学院/甲,N1`;
  return [HEADER, ...rows].join('\r\n');
}

describe('hongyan', { timeout: 180_000 }, () => {
  it('says how it is called and exits with 2 when it is called wrongly', async () => {
    const help = await hongyan(env, ['help']);
    expect(help).toMatchObject({ code: 0 });
    for (const name of [
      'migrate',
      'account add',
      'import',
      'export',
      'backup',
      'restore',
      'doctor',
      'audit verify',
    ])
      expect(help.output).toContain(`hongyan ${name}`);
    for (const wrong of [
      [],
      ['toString'],
      ['import'],
      ['import', 'a', 'b'],
      ['migrate', '--force'],
      ['account', 'drop', 'x'],
    ]) {
      const result = await hongyan(env, wrong);
      expect(result.code, wrong.join(' ')).toBe(2);
      expect(result.output).toContain('Usage: hongyan');
    }
    expect((await hongyan({ ...env, LANG: 'zh_CN.UTF-8' }, ['bla'])).output).toContain('没有“bla”这个命令');
  });

  it('makes accounts and sets passwords by the rules of the web, beside the running product', async () => {
    const weak = await hongyan(env, ['account', 'add', 'lisi', '--display', '李四', '--password-stdin'], {
      input: 'abc',
    });
    expect(weak).toMatchObject({ code: 1 });
    expect(weak.output).toContain('12');
    const args = ['account', 'add', 'lisi', '--display', '李四', '--number', 'T1', '--password-stdin'];
    expect(await hongyan(env, args, { input: `${GOOD}\n` })).toMatchObject({ code: 0 });
    expect((await signIn(product, 'lisi', GOOD)).status).toBe(200);
    const twice = await hongyan(env, args, { input: GOOD });
    expect(twice).toMatchObject({ code: 1 });
    expect(twice.output).toContain('in use already');
    const nowhere = await hongyan(env, [...args, '--unit', '没有/这里'], { input: GOOD });
    expect(nowhere.output).toContain('There is no unit');
    expect(
      (await hongyan(env, ['account', 'passwd', 'nobody9', '--password-stdin'], { input: GOOD })).code,
    ).toBe(1);
    const changed = await hongyan(env, ['account', 'passwd', 'lisi', '--password-stdin'], {
      input: 'Other-98765!wxyz',
    });
    expect(changed, changed.output).toMatchObject({ code: 0 });
    expect((await signIn(product, 'lisi', GOOD)).status).toBe(401);
    expect((await signIn(product, 'lisi', 'Other-98765!wxyz')).body).toContain('change_password');
  });

  it('lets a super administrator who has lost the password back in, and writes down that it was the command line', async () => {
    const reset = await hongyan(env, ['account', 'passwd', 'boss', '--password-stdin'], {
      input: 'Other-98765!wxyz',
    });
    expect(reset, reset.output).toMatchObject({ code: 0 });
    const session = await signIn(product, 'boss', 'Other-98765!wxyz');
    expect(session.status).toBe(200);
    const changed = await send(
      product.url,
      '/me/password',
      { current: 'Other-98765!wxyz', password: BOSS },
      session.cookie,
      'PUT',
    );
    expect(changed.status, changed.body).toBeLessThan(300);
    const again = await signIn(product, 'boss', BOSS);
    const log = await send(product.url, '/audit', undefined, again.cookie);
    expect(log.body).toContain('"cli"');
  });

  it('imports a thousand rows of GB18030: the bad ones are named, kept for correction and leave nothing behind', async () => {
    const path = file('people.csv', iconv.encode(thousand(), 'gb18030'));
    const trial = await hongyan(env, ['import', path, '--dry-run']);
    expect(trial).toMatchObject({ code: 1 });
    expect(trial.output).toContain('995 rows could be imported, 5 could not');
    expect(existsSync(`${path}.failed.csv`)).toBe(false);
    expect((await signIn(product, 'u1', GOOD)).status).toBe(401);

    const done = await hongyan(env, ['import', path]);
    expect(done).toMatchObject({ code: 1 });
    expect(done.output).toContain('995 rows imported, 5 failed');
    for (const row of [12, 22, 32, 42, 52]) expect(done.output).toContain(`Row ${row} (`);
    expect((await signIn(product, 'u999', GOOD)).status).toBe(200);
    const failed = readFileSync(`${path}.failed.csv`, 'utf8');
    expect(failed.trim().split('\r\n')).toHaveLength(6);
    expect(statSync(`${path}.failed.csv`).mode & 0o077).toBe(0);
    const boss = await signIn(product, 'boss', BOSS);
    const units = await send(product.url, '/units', undefined, boss.cookie);
    expect(units.body).toContain('信息学院');
    expect(units.body).not.toContain('不该有的学院');

    const corrected = failed
      .replace('坏,BAD name', '坏,good-name')
      .replace('weak1,123', `weak1,${GOOD}`)
      .replace('重,u5,', '重,u5b,')
      .replace(',noname,', '有名,noname,')
      .replace('不该有的学院/甲,N1,', '新学院/甲,N1b,');
    const second = await hongyan(env, ['import', file('again.csv', corrected)]);
    expect(second, second.output).toMatchObject({ code: 0 });
    expect(second.output).toContain('5 rows imported');
  });

  it('exports everybody without passwords and without formulas, and reads that form again', async () => {
    const odd = file('odd.csv', `\ufeff${HEADER}\n=1+1,formula,${GOOD},,@SUM\n"逗,号",comma,${GOOD},,\n`);
    const imported = await hongyan(env, ['import', odd]);
    expect(imported, imported.output).toMatchObject({ code: 0 });
    const target = join(root, 'out.csv');
    expect(await hongyan(env, ['export', target])).toMatchObject({ code: 0 });
    const text = readFileSync(target, 'utf8');
    expect(text).toMatch(/^\ufeff用户名称,帐号名,部门,工号\r\n/);
    expect(text).toContain("'=1+1,formula,,'@SUM\r\n");
    expect(text).toContain('"逗,号",comma,,\r\n');
    expect(text).toContain('张三7,u7,信息学院/系0,N7\r\n');
    expect(text).not.toContain(GOOD);
    expect(text.trim().split('\r\n').length).toBeGreaterThanOrEqual(1_000);
    const twice = await hongyan(env, ['export', target]);
    expect(twice).toMatchObject({ code: 1 });
    expect(twice.output).toContain('not overwritten');
  });

  it('refuses files that are no lists of accounts, in one sentence', async () => {
    const cases: [string, string | Buffer, string][] = [
      ['header.csv', '姓名,帐号名\n张,z', '用户名称'],
      ['broken.csv', `${HEADER}\n"张,z,x,y`, 'not a proper CSV'],
      ['binary.csv', Buffer.from([0xff, 0xff, 0x80, 0x00]), 'neither UTF-8 nor GB18030'],
    ];
    for (const [name, content, sentence] of cases) {
      const result = await hongyan(env, ['import', file(name, content)]);
      expect(result).toMatchObject({ code: 1 });
      expect(result.output).toContain(sentence);
    }
    expect((await hongyan(env, ['import', join(root, 'nowhere.csv')])).output).toContain('cannot be read');
  });

  it('finds what is wrong with an installation and says it in sentences', async () => {
    const well = await hongyan({ ...env, HONGYAN_HTTP_PORT: new URL(product.url).port }, ['doctor']);
    expect(well, well.output).toMatchObject({ code: 0 });
    for (const sentence of [
      'Node.js is version',
      'The database answers',
      'schema of the database is up to date',
      'master key is there',
      'audit log is intact',
      'pending',
      'self-made',
      'listens on all',
      'SMS',
    ])
      expect(well.output).toContain(sentence);
    const keys = join(root, 'data', 'keys', 'master.json');
    chmodSync(keys, 0o644);
    const open = await hongyan({ ...env, HONGYAN_CLOCK: '+8d' }, ['doctor']);
    chmodSync(keys, 0o600);
    expect(open).toMatchObject({ code: 1 });
    expect(open.output).toContain('Other users can read');
    expect(open.output).toContain('shifts the clock');
  });

  it('works when the product is stopped too', async () => {
    await product.end('SIGTERM');
    expect((await hongyan(env, ['migrate'])).output).toContain('up to date');
    const verified = await hongyan(env, ['audit', 'verify']);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.output).toMatch(/[1-9]\d{3} entries/);
    product = await startProduct(env);
    expect((await signIn(product, 'boss', BOSS)).status).toBe(200);
  });

  it('sees that somebody with access to the database has changed the audit log', async () => {
    const pool = createPool({ connection: socketOf(join(root, 'data')), max: 1 });
    await pool.query("update audit.entry set actor = 'somebody' where seq = 5");
    await pool.end();
    const verified = await hongyan(env, ['audit', 'verify']);
    expect(verified).toMatchObject({ code: 1 });
    expect(verified.output).toContain('the first 4 entries fit');
    expect((await hongyan(env, ['doctor'])).output).toContain('The audit log was changed');
  });
});
