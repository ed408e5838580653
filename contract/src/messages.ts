import Type, { type Static } from 'typebox';
import { Closed, Instant, PageQuery, Uuid } from './common.ts';

/** An in-app message to one person. */
export const Message = Type.Object({
  id: Uuid,
  kind: Type.String(),
  title: Type.String(),
  text: Type.String(),
  link: Type.Optional(Type.String()),
  time: Instant,
  read: Type.Boolean(),
});
export type Message = Static<typeof Message>;
export const MessageQuery = Closed({ ...PageQuery, unread: Type.Optional(Type.Boolean()) });
export const MarkRead = Closed({
  ids: Type.Union([Type.Literal('all'), Type.Array(Uuid, { maxItems: 500 })]),
});

/** What the console SMS provider has sent (sample data only). */
export const OutboxSms = Type.Object({
  time: Instant,
  to: Type.String(),
  template: Type.String(),
  text: Type.String(),
});
export type OutboxSms = Static<typeof OutboxSms>;
