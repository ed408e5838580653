import Type, { type Static } from 'typebox';
import { Closed, Instant, NumericId, PageQuery, Text } from './common.ts';

/** One message on its way out, for the console's queue page. */
export const QueueItem = Type.Object({
  id: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  state: Type.String(),
  attempts: Type.Integer(),
  nextAt: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
  queuedAt: Instant,
});
export type QueueItem = Static<typeof QueueItem>;
export const QueueQuery = Closed({ ...PageQuery, search: Type.Optional(Text(100)) });

/** GET /mail-view/:account/:email?format=json */
export const MailView = Type.Object({ html: Type.String(), blockedRemote: Type.Boolean() });
export type MailView = Static<typeof MailView>;

/** GET /api/v1/mail/accounts: JMAP account ids with names, own first, for those who do not want the JMAP session. */
export const MailAccountInfo = Type.Object({ id: NumericId, address: Type.String(), name: Type.String() });
