import type { HeldItem, HeldMessageView } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { decodeCursor, encodeCursor } from '../../kit/text/index.ts';
import type { Store } from '../store/index.ts';
import { findHeld, findOne, type HeldRow } from './quarantine.store.ts';
import type { Quarantine } from './quarantine.ts';

export type QuarantineConsole = ReturnType<typeof createQuarantineConsole>;

/** Octets of the header that the page shows. */
const MAX_HEADER = 32_768;

/** The quarantine as administrators of the institution see and empty it. */
export function createQuarantineConsole(parts: {
  db: Db;
  audit: Audit;
  directory: Directory;
  store: Store;
  quarantine: Quarantine;
  /** Released mail is delivered at once. */
  drain: () => void;
}) {
  const { db, audit, directory, store, quarantine } = parts;

  async function each(actor: Actor, ids: readonly number[], what: 'release' | 'remove'): Promise<number> {
    requireInstitutionWide(await directory.authority(actor));
    const done = await transaction(db, async (tx) => {
      let count = 0;
      for (const id of [...ids].sort((a, b) => a - b)) {
        if (!(await quarantine[what](tx, id))) continue;
        count++;
        await audit.record(tx, actor, { action: `quarantine.${what}`, target: String(id) });
      }
      return count;
    });
    if (done > 0 && what === 'release') parts.drain();
    return done;
  }

  return {
    async list(
      actor: Actor,
      query: { search?: string; reason?: string; after?: string; limit?: number },
    ): Promise<{ items: HeldItem[]; next?: string }> {
      requireInstitutionWide(await directory.authority(actor));
      const limit = query.limit ?? 50;
      const rows = await findHeld(db, {
        search: query.search?.trim() || undefined,
        reason: query.reason,
        beforeId: decodeCursor(query.after)?.id,
        limit: limit + 1,
      });
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map(present),
        ...(rows.length > limit && last ? { next: encodeCursor('', last.quarantine_id) } : {}),
      };
    },
    /** Header and beginning of the text, as plain text: nothing in it can run. */
    async view(actor: Actor, id: number): Promise<HeldMessageView> {
      requireInstitutionWide(await directory.authority(actor));
      const row = await findOne(db, id);
      const body = row && (await store.storedBody(db, row.body_hash));
      if (!row || !body) throw commonErrors.not_found();
      const header = Buffer.concat([row.header, body.parsed.header]).subarray(0, MAX_HEADER).toString('utf8');
      await transaction(db, (tx) =>
        audit.record(tx, actor, { action: 'quarantine.view', target: String(id) }),
      );
      return { ...present(row), header: printable(header), preview: body.parsed.preview };
    },
    release: (actor: Actor, ids: readonly number[]) => each(actor, ids, 'release'),
    remove: (actor: Actor, ids: readonly number[]) => each(actor, ids, 'remove'),
  };
}

function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '·');
}

function present(row: HeldRow): HeldItem {
  return {
    id: row.quarantine_id,
    from: row.author === '' ? row.sender : row.author,
    to: row.address,
    subject: row.subject,
    reason: row.reason,
    detail: row.detail,
    size: row.size_bytes,
    heldAt: row.held_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
