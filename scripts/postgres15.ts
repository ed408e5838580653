import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = '/usr/lib/postgresql/15/bin';
const PORT = '54315';

/** A PostgreSQL 15 of Debian's on a temporary cluster, for the tests that must pass on both; undefined when not to be had. */
export function startPostgres15(): { url: string; stop: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'hongyan-pg15-'));
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (process.getuid?.() === 0 && !user) return undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const run = (name: string, args: string[]) =>
    spawnSync(join(BIN, name), args, { cwd: '/', stdio: 'ignore', ...user }).status === 0;
  const data = join(folder, 'data');
  const options = `-p ${PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=200`;
  const ok =
    run('initdb', ['-D', data, '-U', 'hongyan', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8']) &&
    run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start']);
  if (!ok) return undefined;
  return {
    url: `postgres://hongyan@127.0.0.1:${PORT}/postgres`,
    stop() {
      run('pg_ctl', ['-D', data, '-m', 'fast', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function postgresUser(): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const parts = line?.split(':');
  return parts?.[2] && parts[3] ? { uid: Number(parts[2]), gid: Number(parts[3]) } : undefined;
}
