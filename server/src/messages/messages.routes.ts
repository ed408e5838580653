import { Done, MarkRead, Message, MessageQuery, pageOf } from '@hongyan/contract';
import type { Channels } from '../channels/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import { decodeTextCursor, encodeCursor } from '../kit/text/index.ts';

/** A person's in-app messages; everybody reads only his own. */
export function messageRoutes(http: Routes, channels: Channels): void {
  http.get(
    '/api/v1/messages',
    { schema: { querystring: MessageQuery, response: { 200: pageOf(Message) } } },
    async (request) => {
      const actor = requireActor(request);
      const limit = request.query.limit ?? 50;
      const rows = await channels.inbox({
        accountId: actor.accountId,
        unread: request.query.unread ?? false,
        after: decodeTextCursor(request.query.after),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map((row) => ({
          id: row.id,
          kind: row.kind,
          title: row.title,
          text: row.body,
          ...(row.link === null ? {} : { link: row.link }),
          time: row.created_at.toISOString(),
          read: row.state === 'read',
        })),
        ...(rows.length > limit && last
          ? { next: encodeCursor(last.created_at.toISOString(), last.id) }
          : {}),
      };
    },
  );
  http.post(
    '/api/v1/messages/read',
    { schema: { body: MarkRead, response: { 200: Done } } },
    async (request) => {
      const { ids } = request.body;
      await channels.markRead(requireActor(request).accountId, ids === 'all' ? undefined : ids);
      return { ok: true } as const;
    },
  );
}
