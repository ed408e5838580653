import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages } from './packages.ts';
import { startPostgres15 } from './postgres15.ts';
import { root } from './run-tool.ts';

/**
 * `npm test [-- path …]`: the checks, then every test on the embedded database, then the ones on PostgreSQL 15.
 * The last line is `N passed, N failed`.
 */
const { values, positionals } = parseArgs({
  options: { long: { type: 'boolean', default: false } },
  allowPositionals: true,
});

interface Count {
  passed: number;
  failed: number;
}

const output = join(root, 'test-output');
mkdirSync(output, { recursive: true });

function node(args: string[], env: Record<string, string> = {}): boolean {
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return result.status === 0;
}

function vitest(name: string, args: string[], env: Record<string, string> = {}): Count {
  const report = join(output, `${name}.json`);
  const runner = join(root, 'node_modules/vitest/vitest.mjs');
  const ok = node(
    [runner, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    env,
  );
  const result: { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failed = result.numFailedTests;
  // A file that does not load fails no test of its own, and must not pass for that.
  return { passed: result.numPassedTests, failed: ok ? failed : Math.max(1, failed) };
}

const missing = installPackages();
if (missing.length > 0)
  console.error(
    `Missing and not installable here: ${missing.join(', ')}; the tests that need them will fail.`,
  );

const counts: Count[] = [];
if (values.long) {
  counts.push(vitest('long', ['--config', 'vitest.long.config.ts', ...positionals]));
} else if (positionals.length > 0) {
  counts.push(vitest('some', positionals));
} else {
  const ok = node([join(root, 'scripts/check.ts')]);
  counts.push({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
  counts.push(vitest('all', []));
  const old = startPostgres15();
  if (old) {
    counts.push(
      vitest('postgres15', ['server/test/database', 'server/test/hall'], { HONGYAN_TEST_DATABASE: old.url }),
    );
    old.stop();
  } else {
    console.error('PostgreSQL 15 is not installed: the tests on it were not run.');
    counts.push({ passed: 0, failed: 1 });
  }
}

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
