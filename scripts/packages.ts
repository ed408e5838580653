import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Programs that tests drive the product with, and the Debian packages that bring them. */
const NEEDED: readonly [path: string, debianPackage: string][] = [
  ['/usr/bin/chromium', 'chromium'],
  ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', 'fonts-noto-cjk'],
  ['/usr/lib/postgresql/15/bin/postgres', 'postgresql-15'],
  ['/usr/bin/swaks', 'swaks'],
  ['/usr/bin/mbsync', 'isync'],
  ['/usr/bin/fetchmail', 'fetchmail'],
  ['/usr/bin/mutt', 'mutt'],
  ['/usr/bin/getmail', 'getmail6'],
  ['/usr/bin/offlineimap', 'offlineimap3'],
  ['/usr/bin/python3', 'python3'],
  ['/usr/bin/curl', 'curl'],
  ['/usr/bin/rspamd', 'rspamd'],
  ['/usr/sbin/clamd', 'clamav-daemon'],
  ['/usr/bin/sieve-connect', 'sieve-connect'],
];

/** Installs what is missing when we may (root, apt); returns what is missing still. */
export function installPackages(): string[] {
  const missing = () => NEEDED.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  const before = missing();
  if (before.length === 0) return [];
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${before.join(', ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'] as const, env };
    spawnSync('apt-get', ['update', '-qq'], { ...quiet, stdio: [...quiet.stdio] });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...before], {
      ...quiet,
      stdio: [...quiet.stdio],
    });
  }
  return missing();
}
