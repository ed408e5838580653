import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freePort,
  hongyan,
  PASSWORD,
  type Product,
  refusedStart,
  settings,
  setUp,
  signIn,
  startProduct,
  type User,
} from './children.ts';

const root = mkdtempSync(join(tmpdir(), 'hongyan start 启动-'));
// As root the database runs as somebody else, who must get through; else its cluster would lie in /var/lib.
chmodSync(root, 0o755);
const data = join(root, '数据 folder');
let product: Product;
let httpsPort = 0;

beforeAll(async () => {
  httpsPort = await freePort();
  product = await startProduct(settings(data, { HONGYAN_HTTPS_PORT: String(httpsPort) }));
});
afterAll(async () => {
  await product?.end('SIGTERM');
  rmSync(root, { recursive: true, force: true });
});

describe('npm start', { timeout: 90_000 }, () => {
  it('prints a code with which the first visitor sets the institution up, once', async () => {
    expect(product.setupCode).toMatch(/^[0-9a-f]{10}$/);
    expect((await setUp({ ...product, setupCode: 'guess' })).status).toBe(403);
    expect((await setUp(product)).status).toBe(200);
    expect((await setUp(product)).status).toBeGreaterThanOrEqual(400);
    const session = await signIn(product);
    expect(session.status).toBe(200);
    expect(session.cookie).toMatch(/^hongyan=/);
  });

  it('serves the same over TLS at HONGYAN_HTTPS_PORT, pages and sign-in', async () => {
    const page = await overTls('GET', '/healthz');
    expect(page.status).toBe(200);
    const body = JSON.stringify({ name: 'boss', password: PASSWORD });
    expect((await overTls('POST', '/api/v1/session', body)).status).toBe(200);
    const foreign = await overTls('POST', '/api/v1/session', body, 'https://evil.example');
    expect(foreign.status).toBe(403);
  });

  it('refuses a second start on the same folder and names the process that has it', async () => {
    const second = await refusedStart(settings(data));
    expect(second.code).toBe(1);
    expect(second.output).toContain('is in use by another Hongyan');
    expect(second.output).toContain(String(product.child.pid));
    expect(second.output.trim().split('\n')).toHaveLength(1);
    expect((await signIn(product)).status).toBe(200);
  });

  it('starts again after kill -9 of Node alone, with what was there', async () => {
    await product.end('SIGKILL');
    product = await startProduct(settings(data));
    expect(product.setupCode).toBeUndefined();
    expect((await signIn(product)).status).toBe(200);
  });

  it('stops cleanly on SIGTERM: exit code 0, database ended, nothing left behind', async () => {
    const folderId = readFileSync(join(data, 'folder-id'), 'utf8').trim();
    expect(existsSync(join(tmpdir(), `hongyan-${folderId}`))).toBe(true);
    expect(await product.end('SIGTERM')).toBe(0);
    expect(existsSync(join(data, 'hongyan.pid'))).toBe(false);
    expect(existsSync(join(tmpdir(), `hongyan-${folderId}`))).toBe(false);
  });

  it('never opens real data as the sample, nor the sample as real data', async () => {
    const asSample = await refusedStart(settings(data), ['--sample']);
    expect(asSample).toMatchObject({ code: 1 });
    expect(asSample.output).toContain('holds real data');
    const sample = settings(join(root, 'sample'));
    expect((await hongyan(sample, ['migrate', '--sample'])).code).toBe(0);
    const asReal = await refusedStart(sample);
    expect(asReal).toMatchObject({ code: 1 });
    expect(asReal.output).toContain('holds sample data');
  });

  it('refuses settings that it does not know, and ones that cannot be', async () => {
    const unknown = await refusedStart(settings(data, { HONGYAN_HTPP_PORT: '1' }));
    expect(unknown.code).toBe(1);
    expect(unknown.output).toContain('Unknown setting HONGYAN_HTPP_PORT');
    const insecure = await refusedStart(settings(data, { HONGYAN_URL: 'http://mail.example.edu.cn' }));
    expect(insecure.output).toContain('must be https');
    const chinese = await refusedStart(settings(data, { HONGYAN_HTTP_PORT: 'x', LANG: 'zh_CN.UTF-8' }));
    expect(chinese.output).toContain('设置 HONGYAN_HTTP_PORT 的值“x”不对');
  });

  const user = ordinaryUser();
  it.skipIf(user === undefined)('works for an ordinary user in a folder of his own', async () => {
    if (!user) return;
    const home = mkdtempSync(join(tmpdir(), 'hongyan 用户-'));
    chownSync(home, user.uid, user.gid);
    const env = settings(join(home, 'data'), { HOME: home });
    try {
      const theirs = await startProduct(env, { user });
      expect((await setUp(theirs)).status).toBe(200);
      expect((await signIn(theirs)).status).toBe(200);
      const verified = await hongyan(env, ['audit', 'verify'], { user });
      expect(verified.code).toBe(0);
      expect(await theirs.end('SIGTERM')).toBe(0);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

/** nobody, when we are root and nobody can reach the program; undefined otherwise (then all tests ran as one). */
function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  const user = { uid: Number(uid), gid: Number(gid) };
  const cli = join(import.meta.dirname, '../../src/process/cli.ts');
  const reached = spawnSync(process.execPath, [cli, 'help'], { ...user, env: { PATH: '/usr/bin:/bin' } });
  return reached.status === 0 ? user : undefined;
}

function overTls(
  method: string,
  path: string,
  body?: string,
  origin = `https://localhost:${httpsPort}`,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: httpsPort,
        method,
        path,
        // The certificate is of the product's own making.
        rejectUnauthorized: false,
        headers: { origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
