import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOrderProblems } from './module-order.ts';

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'order-'));
  mkdirSync(join(root, 'contract/src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'server/src', path)), { recursive: true });
    writeFileSync(join(root, 'server/src', path), text);
  }
  return root;
}

describe('module order', () => {
  it('finds an import upwards, one past the door, and one across mail', () => {
    const root = tree({
      'directory/a.service.ts': "import { x } from '../identity/index.ts';",
      'identity/b.service.ts': "import {\n  y,\n} from '../directory/accounts.store.ts';",
      'mail/store/c.ts': "export * from '../imap/index.ts';",
      'mail/imap/d.ts': "import '../store/index.ts'; const e = await import('../../hall/index.ts');",
    });
    const { files, problems } = findOrderProblems(root);
    expect(files).toBe(4);
    expect(problems).toHaveLength(4);
  });
  it('lets a module use what lies below, through the door', () => {
    const root = tree({ 'identity/b.service.ts': "import type { Directory } from '../directory/index.ts';" });
    expect(findOrderProblems(root).problems).toEqual([]);
  });
});
