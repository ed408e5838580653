// The one entry of every npm command. Plain JavaScript that any Node from 20 on can run:
// it brings the dependencies and Node 24 first, then hands over to it.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'help', ...rest] = process.argv.slice(2);

/** A folder in which we may keep stamps; inside node_modules, so that removing that removes them too. */
const stamps = join(root, 'node_modules', '.hongyan');

function stamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

function isStamped(name, value) {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

function sha(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function prepareDependencies() {
  const lock = sha(readFileSync(join(root, 'package-lock.json')));
  // A node_modules that somebody installed by hand counts when npm's own record of it is newer than the lock.
  const record = join(root, 'node_modules', '.package-lock.json');
  if (
    existsSync(record) &&
    (isStamped('lock', lock) || statSync(record).mtimeMs > statSync(join(root, 'package-lock.json')).mtimeMs)
  )
    return;
  console.error('Installing dependencies (npm ci) …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  stamp('lock', lock);
}

/** The Node 24 of this project, or the one that runs us if it is new enough. */
function findNode() {
  const require = createRequire(join(root, 'package.json'));
  try {
    return join(
      dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)),
      'bin',
      'node',
    );
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
    console.error(`Node 24 or later is needed on ${process.platform}-${process.arch}.`);
    process.exit(1);
  }
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist') yield* filesBelow(path);
    } else yield path;
  }
}

/** Builds the web application when its sources changed since the last build. */
function prepareWeb(node) {
  const parts = [];
  for (const folder of ['web', 'contract']) {
    for (const file of filesBelow(join(root, folder)))
      parts.push(file.slice(root.length), '\0', readFileSync(file));
  }
  const value = sha(...parts, readFileSync(join(root, 'package-lock.json')));
  if (existsSync(join(root, 'web', 'dist', 'index.html')) && isStamped('web', value)) return;
  console.error('Building the web application …');
  execFileSync(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    stdio: ['ignore', 2, 2],
  });
  stamp('web', value);
}

function run(node, args, env = {}) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  // Ctrl-C reaches the child by itself; a signal sent to us alone must be passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

const main = join(root, 'server', 'src', 'process', 'main.ts');
const cwd = { INIT_CWD: process.env.INIT_CWD ?? process.cwd() };

if (command !== 'help') prepareDependencies();
const node = command === 'help' ? process.execPath : findNode();

switch (command) {
  case 'demo':
    prepareWeb(node);
    run(node, [main, '--sample', ...rest], cwd);
    break;
  case 'start':
    prepareWeb(node);
    run(node, [main, ...rest], cwd);
    break;
  case 'cli':
    run(node, [join(root, 'server', 'src', 'process', 'cli.ts'), ...rest], cwd);
    break;
  case 'build':
    prepareWeb(node);
    break;
  case 'test':
  case 'test-long':
    prepareWeb(node);
    run(node, [join(root, 'scripts', 'test.ts'), ...(command === 'test-long' ? ['--long'] : []), ...rest]);
    break;
  case 'check':
  case 'format':
  case 'dev':
    run(node, [join(root, 'scripts', `${command}.ts`), ...rest], cwd);
    break;
  case 'bench':
    prepareWeb(node);
    run(node, [join(root, 'bench', 'run.ts'), ...rest]);
    break;
  default:
    console.error('usage: node scripts/run.mjs demo|start|dev|build|test|test-long|check|format|bench|cli');
    process.exit(2);
}
