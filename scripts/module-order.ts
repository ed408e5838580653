import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Layers of server/src, lowest first; a module may import its own files and lower layers only. */
const LAYERS: readonly (readonly string[])[] = [
  ['kit'],
  ['audit', 'channels'],
  ['directory'],
  ['identity'],
  ['workflow'],
  ['mail', 'messages', 'groupware'],
  ['notices', 'hall'],
  ['console', 'automations'],
  ['process'],
];
/** The same inside mail; `ports.ts` and `index.ts` of mail stand outside it. */
const MAIL_LAYERS: readonly (readonly string[])[] = [
  ['protocol', 'settings'],
  ['store'],
  ['checks'],
  ['lists', 'trust'],
  ['queue'],
  ['remote', 'sending', 'filter', 'quarantine', 'reports'],
  ['smtp', 'log', 'imap', 'pop3', 'sieve', 'jmap', 'autoconfig', 'quota', 'restore'],
  ['domains'],
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const SQL_IMPORT = /import\s*\{[^}]*\b(?:sql|direct)\b[^}]*\}\s*from\s*'[^']*kit\/db\/index\.ts'/;

export interface OrderReport {
  files: number;
  problems: string[];
}

/** Reads every source file and lists the imports that break the house rules (CONTRIBUTING.md). */
export function findOrderProblems(root: string): OrderReport {
  const source = join(root, 'server/src');
  const problems: string[] = [];
  let files = 0;
  for (const file of sources(source)) {
    files++;
    const from = relative(source, file);
    const text = readFileSync(file, 'utf8');
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? '';
      const problem = target.startsWith('.')
        ? judgeRelative(from, relative(source, resolve(dirname(file), target)))
        : judgePackage(from, target);
      if (problem !== undefined) problems.push(`${from}: ${problem}`);
    }
    if (SQL_IMPORT.test(text) && !/\.store\.ts$/.test(from) && !from.startsWith(`kit${sep}`)) {
      problems.push(`${from}: only *.store.ts write SQL`);
    }
    if (!file.endsWith('.test.ts') && /\bprocess\.env\b/.test(text) && !ENV_READERS.has(from))
      problems.push(`${from}: only process/ reads process.env`);
  }
  for (const file of sources(join(root, 'contract/src'))) {
    files++;
    for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? '';
      if (!target.startsWith('./') && target !== 'typebox')
        problems.push(`contract: ${relative(root, file)} imports ${target}`);
    }
  }
  return { files, problems };
}

const ENV_READERS = new Set(
  ['process/main.ts', 'process/cli.ts', 'process/product.ts', 'process/config.ts'].map((path) =>
    path.replaceAll('/', sep),
  ),
);

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

function layerOf(layers: readonly (readonly string[])[], name: string): number {
  return layers.findIndex((layer) => layer.includes(name));
}

function judgeRelative(from: string, to: string): string | undefined {
  const [fromModule = '', fromPart = ''] = from.split(sep);
  const [toModule = '', toPart = ''] = to.split(sep);
  if (to.startsWith('..')) return `reaches outside of server/src: ${to}`;
  if (fromModule === toModule)
    return fromModule === 'mail' ? judgeMail(from, to, fromPart, toPart) : undefined;
  const [fromLayer, toLayer] = [layerOf(LAYERS, fromModule), layerOf(LAYERS, toModule)];
  if (fromLayer < 0 || toLayer < 0) return `unknown module ${fromLayer < 0 ? fromModule : toModule}`;
  if (toLayer >= fromLayer) return `imports ${to}, which is not below it`;
  // kit and mail have a door per folder; every other module has one.
  if (toModule === 'mail' && to === join('mail', toPart, 'index.ts')) return undefined;
  const door = toModule === 'kit' ? join('kit', toPart, 'index.ts') : join(toModule, 'index.ts');
  if (to !== door && !from.endsWith('.test.ts')) return `imports ${to} past the door ${door}`;
  return undefined;
}

function judgeMail(_from: string, to: string, fromPart: string, toPart: string): string | undefined {
  const [fromLayer, toLayer] = [layerOf(MAIL_LAYERS, fromPart), layerOf(MAIL_LAYERS, toPart)];
  if (fromLayer < 0 || toLayer < 0 || fromPart === toPart) return undefined;
  return toLayer >= fromLayer ? `imports ${to}, which is not below ${fromPart}` : undefined;
}

function judgePackage(from: string, name: string): string | undefined {
  const isKit = from.startsWith(`kit${sep}`);
  if (name === 'kysely' && !isKit) return 'imports kysely; use the sql tag of kit/db in a *.store.ts';
  const isWeb = name === 'fastify' || name.startsWith('@fastify/');
  if (
    isWeb &&
    !isKit &&
    !/\.routes\.ts$/.test(from) &&
    !from.startsWith(`process${sep}`) &&
    !TYPE_ONLY.has(from)
  ) {
    return `imports ${name} outside of *.routes.ts and kit/http`;
  }
  return undefined;
}

/** Files that name the request's type at a port between modules. */
const TYPE_ONLY = new Set([join('identity', 'index.ts'), join('mail', 'jmap', 'event-source.ts')]);
