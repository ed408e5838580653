import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createPool } from '../../src/kit/db/index.ts';
import { type Manifest, readManifest } from '../../src/process/backup/manifest.ts';
import { withDatabase } from '../kit/global-setup.ts';
import {
  freePort,
  hongyan,
  refusedStart,
  send,
  settings,
  signIn,
  socketOf,
  startProduct,
} from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'hongyan backup 备份-'));
chmodSync(root, 0o755);
const data = join(root, 'data');
const live = join(root, 'while running');
const still = join(root, 'while stopped');
const SAMPLE = ['--sample'];
const PASSWORD = 'Beichen-2026!demo';
const NEW_PASSWORD = 'Nanshan-2026!work';

beforeAll(async () => {
  const submission = await freePort();
  const env = settings(data, { HONGYAN_SUBMISSION_PORT: String(submission) });
  const product = await startProduct(env, { args: SAMPLE });
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: submission,
    ignoreTLS: true,
    auth: { user: 'zhangwei@beichen.test', pass: PASSWORD },
  });
  const mail = (subject: string, bytes: number) =>
    transport.sendMail({
      from: 'zhangwei@beichen.test',
      to: 'wangfang@beichen.test',
      subject,
      text: 'x',
      attachments: [{ filename: 'a.bin', content: randomBytes(bytes) }],
    });
  await mail('before', 700_000);
  // The product goes on working while it is backed up.
  let busy = true;
  const working = (async () => {
    for (let n = 0; busy; n++) await mail(`during ${n}`, 200_000);
  })();
  const made = await hongyan(env, ['backup', live, '--with-keys', ...SAMPLE]);
  busy = false;
  await working;
  expect(made, made.output).toMatchObject({ code: 0 });
  await product.end('SIGTERM');
  // With no worker running, this leaves a job behind.
  const changed = await hongyan(env, ['account', 'passwd', 'zhangwei', '--password-stdin', ...SAMPLE], {
    input: `${NEW_PASSWORD}\n`,
  });
  expect(changed, changed.output).toMatchObject({ code: 0 });
  const stopped = await hongyan(env, ['backup', still, ...SAMPLE]);
  expect(stopped, stopped.output).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function bodiesBelow(folder: string): string[] {
  const names = readdirSync(join(folder, 'blobs'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /[0-9a-f]{64}$/.test(name)).sort();
}

describe('hongyan backup and restore', { timeout: 120_000 }, () => {
  it('says in the manifest what is in a backup, and keeps the keys out unless asked', async () => {
    const manifest = await readManifest(live);
    expect(manifest).toMatchObject({ sample: true, withKeys: true });
    expect(manifest.keys.map(({ file }) => file)).toContain('keys/master.json');
    expect(manifest.migrations.length).toBeGreaterThan(8);
    expect(rowsOf(manifest, 'directory', 'account')).toBeGreaterThan(200);
    expect(manifest.bodies.files).toBeGreaterThan(0);
    const without = await readManifest(still);
    expect(without).toMatchObject({ withKeys: false, keys: [] });
    expect(existsSync(join(still, 'keys'))).toBe(false);
    expect(without.jobs.rows).toBeGreaterThan(0);
  });

  it('brings everything back from a backup that was made while mail came in', async () => {
    const target = join(root, 'restored');
    const env = settings(target);
    const restored = await hongyan(env, ['restore', live, ...SAMPLE]);
    expect(restored, restored.output).toMatchObject({ code: 0 });
    expect(bodiesBelow(target)).toEqual(bodiesBelow(live));
    const verified = await hongyan(env, ['audit', 'verify', ...SAMPLE]);
    expect(verified.output).toMatch(/intact: [1-9]\d* entries/);
    const product = await startProduct(env, { args: SAMPLE });
    const session = await signIn(product, 'wangfang', PASSWORD);
    expect(session.status).toBe(200);
    // Numbers go on where they stood: nothing new collides with what came back.
    const admin = await signIn(product, 'admin', PASSWORD);
    const unit = await send(product.url, '/units', { name: '新部门', parentId: null }, admin.cookie);
    expect(unit.status, unit.body).toBeLessThan(300);
    const missing = await missingBodies(target);
    expect(missing).toEqual([]);
    expect(await product.end('SIGTERM')).toBe(0);
  });

  it('keeps background jobs that had not ended, and needs the key that was kept elsewhere', async () => {
    const target = join(root, 'restored without key');
    const env = settings(target);
    const restored = await hongyan(env, ['restore', still, ...SAMPLE]);
    expect(restored, restored.output).toMatchObject({ code: 0 });
    expect(restored.output).toContain('has no master key');
    const refused = await refusedStart(env, SAMPLE);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.output).toContain('master key');
    writeFileSync(join(target, 'keys', 'master.json'), readFileSync(join(live, 'keys', 'master.json')), {
      mode: 0o600,
    });
    const healthy = await hongyan(env, ['doctor', ...SAMPLE]);
    expect(healthy, healthy.output).toMatchObject({ code: 0 });
    const { jobs } = await readManifest(still);
    expect(healthy.output).toContain(`${jobs.rows} pending`);
    const product = await startProduct(env, { args: SAMPLE });
    expect((await signIn(product, 'zhangwei', NEW_PASSWORD)).status).toBe(200);
    expect(await product.end('SIGTERM')).toBe(0);
  });

  it('restores into the empty database of DATABASE_URL, and into no other', async () => {
    const name = `t_restore_${randomBytes(4).toString('hex')}`;
    const cluster = inject('cluster');
    const admin = createPool({ connection: cluster, max: 1 });
    await admin.query(`create database ${name}`);
    const connection = withDatabase(cluster, name);
    const url =
      connection.connectionString ??
      `postgres://${connection.user}:${connection.password}@localhost:${connection.port}/${name}?host=${connection.host}`;
    const pool = createPool({ connection, max: 1 });
    try {
      const env = settings(join(root, 'beside'), { DATABASE_URL: url });
      const restored = await hongyan(env, ['restore', live, ...SAMPLE]);
      expect(restored, restored.output).toMatchObject({ code: 0 });
      const count = await pool.query<{ n: number }>('select count(*)::int as n from directory.account');
      expect(count.rows[0]?.n).toBe(rowsOf(await readManifest(live), 'directory', 'account'));
      const verified = await hongyan(env, ['audit', 'verify', ...SAMPLE]);
      expect(verified, verified.output).toMatchObject({ code: 0 });
      const again = await hongyan(settings(join(root, 'other'), { DATABASE_URL: url }), [
        'restore',
        live,
        ...SAMPLE,
      ]);
      expect(again).toMatchObject({ code: 1 });
      expect(again.output).toContain('The database is not empty');
      expect(readdirSync(join(root, 'other'))).toEqual([]);
      const second = join(root, 'from url');
      const copied = await hongyan(env, ['backup', second, ...SAMPLE]);
      expect(copied, copied.output).toMatchObject({ code: 0 });
      const [first, then] = [await readManifest(live), await readManifest(second)];
      expect(then.tables.map(({ rows }) => rows)).toEqual(first.tables.map(({ rows }) => rows));
      expect(then.sequences).toEqual(first.sequences);
    } finally {
      await pool.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });

  it('refuses what is damaged, unfinished, of the other kind, or not wanted there', async () => {
    const env = settings(join(root, 'nothing'));
    const refused = async (source: string, sentence: string, args = SAMPLE, where = env) => {
      const result = await hongyan(where, ['restore', source, ...args]);
      expect(result).toMatchObject({ code: 1 });
      expect(result.output).toContain(sentence);
      expect(result.output.trim().split('\n')).toHaveLength(1);
    };
    await refused(live, 'sample data', []);
    await refused(root, 'holds no complete backup');
    await refused(live, 'is not empty', SAMPLE, settings(root));
    const [table] = (await readManifest(live)).tables;
    const file = join(live, table?.file ?? '');
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bad);
    await refused(live, 'The backup is damaged');
    writeFileSync(file, good);
    const [body = ''] = bodiesBelow(live);
    const path = join(live, 'blobs', body);
    const bytes = readFileSync(path);
    rmSync(path);
    await refused(live, 'The backup is damaged');
    writeFileSync(path, bytes);
    expect(existsSync(join(root, 'nothing'))).toBe(false);
    const twice = await hongyan(settings(data), ['backup', live, ...SAMPLE]);
    expect(twice).toMatchObject({ code: 1 });
    expect(twice.output).toContain('is not empty');
  });

  it('killed in the middle of a restore leaves a folder that is refused or empty, never half', async () => {
    const outcomes: string[] = [];
    // Milliseconds after the mark lies in the folder; negative: after the start, before any mark.
    for (const wait of [-500, 0, 50, 150, 400, 1_000]) {
      const target = join(root, `killed ${wait}`);
      mkdirSync(target);
      const env = settings(target);
      const cli = join(import.meta.dirname, '../../src/process/cli.ts');
      const child = spawn(process.execPath, [cli, 'restore', live, ...SAMPLE], { env, stdio: 'ignore' });
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      const mark = join(target, 'restore-unfinished');
      while (wait >= 0 && child.exitCode === null && !existsSync(mark)) await pause(2);
      await pause(Math.abs(wait));
      child.kill('SIGKILL');
      const code = await ended;
      if (existsSync(mark)) {
        const refused = await refusedStart(env, SAMPLE);
        expect(refused).toMatchObject({ code: 1 });
        expect(refused.output).toContain('was not finished');
        outcomes.push('refused');
      } else if (code === 0) outcomes.push('done');
      else {
        // Before the mark there is no database yet, or one without a single table.
        expect(existsSync(join(target, 'blobs'))).toBe(false);
        outcomes.push('empty');
      }
      stopPostgres(target);
    }
    expect(outcomes).toContain('refused');
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function rowsOf(manifest: Manifest, schema: string, name: string): number {
  return manifest.tables.find((table) => table.schema === schema && table.name === name)?.rows ?? -1;
}

/** Bodies that rows of the running product refer to and that no file holds. */
async function missingBodies(target: string): Promise<string[]> {
  const pool = createPool({ connection: socketOf(target), max: 1 });
  try {
    const { rows } = await pool.query<{ hash: string }>(
      "select encode(hash, 'hex') as hash from mail.body where data is null",
    );
    expect(rows.length).toBeGreaterThan(0);
    return rows
      .map(({ hash }) => hash)
      .filter((hash) => !existsSync(join(target, 'blobs', hash.slice(0, 2), hash)));
  } finally {
    await pool.end();
  }
}

function stopPostgres(folder: string): void {
  const file = join(folder, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return;
  try {
    process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGQUIT');
  } catch {
    // It has ended by itself.
  }
}
