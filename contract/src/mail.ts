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
/** GET /console/queue/destinations: where mail waits to go, the most first. */
export const QueueDestination = Type.Object({
  domain: Type.String(),
  waiting: Type.Integer(),
  oldest: Instant,
  /** Nothing is tried before; absent = it is not paused. */
  pausedUntil: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
});
export type QueueDestination = Static<typeof QueueDestination>;
export const QueueDestinationList = Type.Object({ items: Type.Array(QueueDestination) });
export type QueueDestinationList = Static<typeof QueueDestinationList>;
export const QueueQuery = Closed({ ...PageQuery, search: Type.Optional(Text(100)) });

/** GET /mail-view/:account/:email?format=json */
export const MailView = Type.Object({ html: Type.String(), blockedRemote: Type.Boolean() });
export type MailView = Static<typeof MailView>;

/** GET /api/v1/mail/accounts: JMAP account ids with names, own first, for those who do not want the JMAP session. */
export const MailAccountInfo = Type.Object({ id: NumericId, address: Type.String(), name: Type.String() });

/** One message held in the quarantine, for one recipient. */
export const HeldItem = Type.Object({
  id: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  reason: Type.Union([Type.Literal('spam'), Type.Literal('virus')]),
  /** What found it, e.g. the score or the name of the virus. */
  detail: Type.String(),
  size: Type.Integer(),
  heldAt: Instant,
  expiresAt: Instant,
});
export type HeldItem = Static<typeof HeldItem>;
export const HeldQuery = Closed({
  ...PageQuery,
  search: Type.Optional(Text(100)),
  reason: Type.Optional(Type.Union([Type.Literal('spam'), Type.Literal('virus')])),
});
/** Header and preview are plain text. */
export const HeldMessageView = Type.Object({
  ...HeldItem.properties,
  header: Type.String(),
  preview: Type.String(),
});
export type HeldMessageView = Static<typeof HeldMessageView>;
export const HeldIds = Closed({ ids: Type.Array(NumericId, { minItems: 1, maxItems: 200 }) });
export const HeldCount = Type.Object({ count: Type.Integer() });

/** Messages by what aligned with the From domain. */
const Alignment = {
  both: Type.Integer(),
  dkim: Type.Integer(),
  spf: Type.Integer(),
  none: Type.Integer(),
};
/** GET /console/dmarc: what others report about mail in our name. */
export const DmarcOverview = Type.Object({
  domains: Type.Array(Type.String()),
  days: Type.Array(Type.Object({ day: Type.String(), ...Alignment })),
  /** Largest first; `refused` = held back or refused by the receiver. */
  sources: Type.Array(Type.Object({ source: Type.String(), refused: Type.Integer(), ...Alignment })),
  reports: Type.Array(
    Type.Object({
      id: Type.Integer(),
      organisation: Type.String(),
      domain: Type.String(),
      policy: Type.String(),
      begin: Instant,
      end: Instant,
      messages: Type.Integer(),
      /** The mail that brought it was proven to come from its sender. */
      authenticated: Type.Boolean(),
    }),
  ),
});
export type DmarcOverview = Static<typeof DmarcOverview>;
export const DmarcQuery = Closed({
  domain: Type.Optional(Text(255)),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 30 })),
});

/** A DKIM key: planned (to be published), active (signs), retiring (published, signs no more), retired. */
export const DkimKey = Type.Object({
  id: Type.Integer(),
  domain: Type.String(),
  selector: Type.String(),
  algorithm: Type.Union([Type.Literal('rsa'), Type.Literal('ed25519')]),
  state: Type.Union([
    Type.Literal('planned'),
    Type.Literal('active'),
    Type.Literal('retiring'),
    Type.Literal('retired'),
  ]),
  /** The TXT record to publish. */
  recordName: Type.String(),
  recordText: Type.String(),
  createdAt: Instant,
  stateAt: Instant,
});
export type DkimKey = Static<typeof DkimKey>;
export const DkimKeys = Type.Object({ domains: Type.Array(Type.String()), keys: Type.Array(DkimKey) });
export type DkimKeys = Static<typeof DkimKeys>;
export const PlanDkim = Closed({ domain: Text(255, 1) });
