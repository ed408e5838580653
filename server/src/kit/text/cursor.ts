import { commonErrors } from '../errors/index.ts';

/** Where a keyset page ended: the sort key of its last row, and the row's id. */
export interface Cursor {
  key: string;
  id: number | string;
}

export function encodeCursor(key: string, id: number | string): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url');
}

/** Errors: `common.invalid` naming `after`, for a cursor that is not ours. */
export function decodeCursor(cursor: string | undefined): { key: string; id: number } | undefined {
  const value = decode(cursor);
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value.id)) return { key: value.key, id: Number(value.id) };
  throw badCursor();
}

/** The same for rows with text ids. */
export function decodeTextCursor(cursor: string | undefined): { key: string; id: string } | undefined {
  const value = decode(cursor);
  if (value === undefined) return undefined;
  if (typeof value.id === 'string' && /^[0-9a-f-]{36}$/.test(value.id))
    return { key: value.key, id: value.id };
  throw badCursor();
}

function decode(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && typeof value[0] === 'string' && !value[0].includes('\0')) {
      const id: unknown = value[1];
      if (typeof id === 'number' || typeof id === 'string') return { key: value[0], id };
    }
  } catch {
    // Falls through to the error below.
  }
  throw badCursor();
}

function badCursor() {
  return commonErrors.invalid({}, { fields: [{ field: 'after', code: commonErrors.wrong_type.code }] });
}
