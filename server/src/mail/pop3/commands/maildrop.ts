import { FLAG } from '../../store/index.ts';
import { dotStuff } from '../stuff.ts';
import type { Drop, Handler, Maildrop, Pop3Session, Reply } from '../types.ts';

const NO_SUCH: Reply = { kind: 'no', text: 'No such message' };

function present(session: Pop3Session): { drop: Drop; number: number }[] {
  return (session.maildrop?.messages ?? [])
    .map((drop, index) => ({ drop, number: index + 1 }))
    .filter(({ drop }) => !drop.deleted);
}

function find(
  session: Pop3Session,
  text: string | undefined,
): { drop: Drop; number: number; maildrop: Maildrop } | undefined {
  const { maildrop } = session;
  const number = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const drop = maildrop?.messages[number - 1];
  return maildrop && drop && !drop.deleted ? { drop, number, maildrop } : undefined;
}

export const stat: Handler = (session) => {
  const list = present(session);
  return { kind: 'ok', text: `${list.length} ${list.reduce((sum, { drop }) => sum + drop.size, 0)}` };
};

export const list: Handler = (session, [which]) => {
  if (which === undefined) {
    const all = present(session);
    return {
      kind: 'many',
      text: `${all.length} messages`,
      lines: all.map(({ drop, number }) => `${number} ${drop.size}`),
    };
  }
  const found = find(session, which);
  return found ? { kind: 'ok', text: `${found.number} ${found.drop.size}` } : NO_SUCH;
};

/** Unique and for ever the same for a message (RFC 1939 §7): programs that leave mail on the server rely on it. */
export const uidl: Handler = (session, [which]) => {
  const id = (drop: Drop) => `${session.maildrop?.uidValidity}.${drop.uid}`;
  if (which === undefined)
    return {
      kind: 'many',
      text: 'Unique ids',
      lines: present(session).map(({ drop, number }) => `${number} ${id(drop)}`),
    };
  const found = find(session, which);
  return found ? { kind: 'ok', text: `${found.number} ${id(found.drop)}` } : NO_SUCH;
};

export const retr: Handler = async (session, [which]) => {
  const found = find(session, which);
  if (!found) return NO_SUCH;
  if (!(await send(session, found.drop, undefined)))
    return { kind: 'no', text: '[SYS/PERM] The message has gone meanwhile' };
  found.maildrop.read.add(found.drop.uid);
  return undefined;
};

export const top: Handler = async (session, [which, lines]) => {
  const found = find(session, which);
  if (!found) return NO_SUCH;
  if (lines === undefined || !/^\d{1,9}$/.test(lines))
    return { kind: 'no', text: 'TOP needs a message and a number of lines' };
  if (!(await send(session, found.drop, Number(lines))))
    return { kind: 'no', text: '[SYS/PERM] The message has gone meanwhile' };
  return undefined;
};

async function send(session: Pop3Session, drop: Drop, lines: number | undefined): Promise<boolean> {
  const { parts, maildrop, socket } = session;
  const message = maildrop && (await parts.store.open(parts.db, maildrop.scope.accountId, drop.messageId));
  if (!message) return false;
  socket.write(`+OK ${drop.size} octets\r\n`);
  for await (const piece of dotStuff(message.read(), lines)) {
    socket.write(piece);
    // A slow reader is waited for: a big message never piles up in memory.
    await socket.flush();
  }
  return true;
}

export const dele: Handler = (session, [which]) => {
  const found = find(session, which);
  if (!found) return NO_SUCH;
  found.drop.deleted = true;
  return { kind: 'ok', text: `Message ${found.number} will be deleted` };
};

export const rset: Handler = (session) => {
  for (const drop of session.maildrop?.messages ?? []) drop.deleted = false;
  return { kind: 'ok', text: 'Nothing will be deleted' };
};

/** Only QUIT deletes (RFC 1939 §6): a broken connection loses nothing. */
export const quit: Handler = async (session) => {
  const { maildrop, parts } = session;
  if (!maildrop) return { kind: 'ok', text: 'Bye', close: true };
  const { scope, mailboxId } = maildrop;
  const ranges = (uids: readonly number[]) => uids.map((uid) => ({ from: uid, to: uid }));
  const deleted = maildrop.messages.filter((drop) => drop.deleted).map((drop) => drop.uid);
  const gone = new Set(deleted);
  const read = [...maildrop.read].filter((uid) => !gone.has(uid));
  try {
    if (deleted.length > 0)
      await parts.store.expunge(parts.db, scope, mailboxId, { uids: ranges(deleted), any: true });
    if (read.length > 0)
      await parts.store.setFlags(parts.db, scope, mailboxId, {
        uids: ranges(read),
        mode: 'add',
        flags: FLAG.seen,
        keywords: [],
      });
  } catch (error) {
    parts.log.error({ err: error }, 'POP3 could not delete');
    return { kind: 'no', text: '[SYS/TEMP] Some messages could not be deleted', close: true };
  }
  return { kind: 'ok', text: 'Bye', close: true };
};
