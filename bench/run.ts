import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a benchmark file exports as `run`: named figures with their unit in the name, e.g. `messagesPerSecond`. */
export type Figures = Record<string, number | string>;

/** `npm run bench [-- name …]`: runs the files of this folder one after another and writes bench/results/<name>.json. */
const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) throw new Error(`no benchmark called ${wanted.join(', ')}`);

const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
for (const name of names) {
  const { run }: { run: () => Promise<Figures> } = await import(`./${name}.bench.ts`);
  const figures = { name, at: new Date().toISOString(), node: process.version, ...(await run()) };
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(figures, null, 2)}\n`);
  console.log(JSON.stringify(figures));
}
