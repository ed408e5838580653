import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { backupErrors } from './backup.errors.ts';

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0 });
/** Below the backup's folder, never outside of it. */
const Path = Type.String({
  pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)*$',
});
const File = Type.Object({ file: Path, sha256: Sha256 });
const Rows = Type.Object({ file: Path, sha256: Sha256, rows: Count });

const TableEntry = Type.Object({
  schema: Type.String(),
  name: Type.String(),
  /** In the order of the file; generated columns are left out. */
  columns: Type.Array(Type.String()),
  rows: Count,
  file: Path,
  sha256: Sha256,
});
export type TableEntry = Static<typeof TableEntry>;

const Manifest = Type.Object({
  format: Type.Literal(1),
  /** Version of the product that made it. */
  version: Type.String(),
  createdAt: Type.String(),
  sample: Type.Boolean(),
  /** Whether the master key is included; without it encrypted columns and the audit chain cannot be read. */
  withKeys: Type.Boolean(),
  /** server_version_num of the database. */
  postgres: Count,
  migrations: Type.Array(Type.Object({ name: Type.String(), checksum: Sha256 })),
  /** `COPY … TO STDOUT` in text format, gzip. */
  tables: Type.Array(TableEntry),
  sequences: Type.Array(
    Type.Object({ schema: Type.String(), name: Type.String(), value: Type.String(), called: Type.Boolean() }),
  ),
  /** Background jobs that had not ended: one JSON object a row. */
  jobs: Rows,
  /** Mail bodies and attachments: `list` has a line `sha256 TAB octets TAB path` for each. */
  bodies: Type.Object({ list: Path, sha256: Sha256, files: Count, bytes: Count }),
  keys: Type.Array(File),
});
export type Manifest = Static<typeof Manifest>;

const NAME = 'manifest.json';

/** Written last and at once: a folder with a manifest is a complete backup. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const part = join(folder, `${NAME}.part`);
  await writeFile(part, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(part, join(folder, NAME));
}

/** Throws backupErrors.not_a_backup. */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, NAME), 'utf8'));
    if (Value.Check(Manifest, value)) return value;
  } catch (error) {
    throw backupErrors.not_a_backup({ folder }, { cause: error });
  }
  throw backupErrors.not_a_backup({ folder });
}
