import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Runs a command of this project's node_modules under our own Node; returns its exit code. */
export function runTool(script: string, args: string[], options: { cwd?: string } = {}): number {
  const path = join(root, 'node_modules', script);
  const result = spawnSync(process.execPath, [path, ...args], { cwd: options.cwd ?? root, stdio: 'inherit' });
  return result.status ?? 1;
}
