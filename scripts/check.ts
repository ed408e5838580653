import { findOrderProblems } from './module-order.ts';
import { root, runTool } from './run-tool.ts';

/** Format, lint, types, module order: everything that needs no running product. */
const steps: [string, () => number][] = [
  ['format and lint', () => runTool('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '.'])],
  ['types of contract, server, scripts', () => runTool('typescript/bin/tsc', ['-p', '.'])],
  ['types of web', () => runTool('typescript/bin/tsc', ['-p', 'web'])],
  ['module order', reportOrder],
];

function reportOrder(): number {
  const { files, problems } = findOrderProblems(root);
  for (const problem of problems) console.error(problem);
  // A check that read nothing has proved nothing.
  if (files < 50) {
    console.error(`only ${files} files read`);
    return 1;
  }
  return problems.length === 0 ? 0 : 1;
}

let failed = 0;
for (const [name, step] of steps) {
  const ok = step() === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  if (!ok) failed++;
}
process.exit(failed === 0 ? 0 : 1);
