import Type, { type Static } from 'typebox';
import { Closed, Day, NumericId, PageQuery, Text } from './common.ts';

/** What became of a message for one recipient; `refused` never came in. */
export const MailLogState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('delivered'),
  Type.Literal('relayed'),
  Type.Literal('failed'),
  Type.Literal('expired'),
  Type.Literal('cancelled'),
  Type.Literal('refused'),
]);
export type MailLogState = Static<typeof MailLogState>;

/** `in` from other servers, `out` to them, `local` inside the institution, `system` made by us. */
export const MailDirection = Type.Union([
  Type.Literal('in'),
  Type.Literal('out'),
  Type.Literal('local'),
  Type.Literal('system'),
]);
export type MailDirection = Static<typeof MailDirection>;

export const MailLogQuery = Closed({
  ...PageQuery,
  /** Part of a subject, an address or the message's number. */
  search: Type.Optional(Text(100)),
  state: Type.Optional(MailLogState),
  direction: Type.Optional(MailDirection),
  /** Calendar days of the institution, both inclusive. */
  from: Type.Optional(Day),
  to: Type.Optional(Day),
});
export type MailLogQuery = Static<typeof MailLogQuery>;

export const MailLogItem = Type.Object({
  id: NumericId,
  /** Absent for what was refused. */
  ref: Type.Optional(Type.String()),
  at: Type.String(),
  sender: Type.String(),
  recipient: Type.String(),
  subject: Type.String(),
  size: Type.Optional(Type.Integer()),
  direction: MailDirection,
  state: MailLogState,
  /** The last answer, ours or the other server's. */
  reply: Type.Optional(Type.String()),
});
export type MailLogItem = Static<typeof MailLogItem>;

/** Where a copy lies now. */
export const MailCopy = Type.Object({
  /** Folder; absent when it has been deleted. */
  folder: Type.Optional(Type.String()),
  /** Absent where the institution keeps that private. */
  read: Type.Optional(Type.Boolean()),
});

export const MailLife = Type.Object({
  ref: Type.String(),
  at: Type.String(),
  direction: MailDirection,
  sender: Type.String(),
  subject: Type.String(),
  messageId: Type.Optional(Type.String()),
  size: Type.Integer(),
  session: Type.Object({
    id: Type.Optional(Type.String()),
    remote: Type.Optional(Type.String()),
    helo: Type.Optional(Type.String()),
    tls: Type.Optional(Type.String()),
  }),
  /** Findings of our checks, one a line. */
  checks: Type.Array(Type.String()),
  junk: Type.Boolean(),
  /** The message that made this one. */
  cause: Type.Optional(Type.String()),
  recipients: Type.Array(
    Type.Object({
      address: Type.String(),
      state: MailLogState,
      attempts: Type.Integer(),
      reply: Type.Optional(Type.String()),
      remote: Type.Optional(Type.String()),
      nextAt: Type.Optional(Type.String()),
      copies: Type.Array(MailCopy),
    }),
  ),
  /** More recipients than are listed. */
  moreRecipients: Type.Integer(),
  events: Type.Array(
    Type.Object({
      at: Type.String(),
      event: Type.String(),
      address: Type.Optional(Type.String()),
      status: Type.Optional(Type.String()),
      detail: Type.Optional(Type.String()),
    }),
  ),
  /** Messages that this one made: copies of a list, forwards, answers, bounces. */
  made: Type.Array(
    Type.Object({ ref: Type.String(), at: Type.String(), sender: Type.String(), subject: Type.String() }),
  ),
});
export type MailLife = Static<typeof MailLife>;
