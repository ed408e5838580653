import Type, { type Static } from 'typebox';
import { Closed, Instant, NumericId, PageQuery, PersonRef, RequiredText, Text, UnitRef } from './common.ts';

/** Who may send to a list; its moderators and owners always may. */
export const ListSenders = Type.Union([
  Type.Literal('anybody'),
  /** Whoever has an account here and has signed in. */
  Type.Literal('institution'),
  Type.Literal('members'),
  /** Those named in `chosen`. */
  Type.Literal('chosen'),
]);
export type ListSenders = Static<typeof ListSenders>;
/** Whose messages wait for a moderator. */
export const ListModeration = Type.Union([
  Type.Literal('none'),
  /** Those of non-members, and of senders that are not proven. */
  Type.Literal('outsiders'),
  Type.Literal('all'),
]);
export type ListModeration = Static<typeof ListModeration>;

const settings = {
  name: RequiredText(60),
  description: Text(500),
  senders: ListSenders,
  moderation: ListModeration,
  /** Shown in the address book. */
  listed: Type.Boolean(),
  /** Members may leave by themselves. */
  leavable: Type.Boolean(),
  /** Before the subject, e.g. `[招生]`; empty: the subject stays. */
  subjectPrefix: Text(30),
  /** Where answers go. */
  replyTo: Type.Union([Type.Literal('sender'), Type.Literal('list')]),
  /** When the From of a domain that forbids re-sending (DMARC) becomes the list's: `changed` = when the list changes the message. */
  rewriteFrom: Type.Union([Type.Literal('never'), Type.Literal('changed'), Type.Literal('always')]),
  /** The sender gets no copy. */
  skipSender: Type.Boolean(),
  /** Failed deliveries after which an outside address is suspended. */
  bounceLimit: Type.Integer({ minimum: 1, maximum: 100 }),
};
export const ListSettings = Type.Object(settings);
export type ListSettings = Static<typeof ListSettings>;

/** More makes the editor useless; units and nested lists take any number of people. */
export const MAX_LIST_ENTRIES = 5_000;
const ids = () => Type.Array(NumericId, { maxItems: MAX_LIST_ENTRIES });
/** Who is meant: accounts, everybody below units, members of lists, addresses outside. */
export const ListTargets = Closed({
  accountIds: ids(),
  unitIds: ids(),
  listIds: ids(),
  addresses: Type.Array(Text(254, 3), { maxItems: MAX_LIST_ENTRIES }),
});
export type ListTargets = Static<typeof ListTargets>;

const parts = {
  members: ListTargets,
  /** For `senders: 'chosen'`. */
  chosen: ListTargets,
  moderatorIds: Type.Array(NumericId, { maxItems: 100 }),
  /** They get mail to `<list>+owner`, and moderate. */
  ownerIds: Type.Array(NumericId, { maxItems: 100 }),
};

const optional = {
  description: Type.Optional(settings.description),
  senders: Type.Optional(settings.senders),
  moderation: Type.Optional(settings.moderation),
  listed: Type.Optional(settings.listed),
  leavable: Type.Optional(settings.leavable),
  subjectPrefix: Type.Optional(settings.subjectPrefix),
  replyTo: Type.Optional(settings.replyTo),
  rewriteFrom: Type.Optional(settings.rewriteFrom),
  skipSender: Type.Optional(settings.skipSender),
  bounceLimit: Type.Optional(settings.bounceLimit),
  members: Type.Optional(parts.members),
  chosen: Type.Optional(parts.chosen),
  moderatorIds: Type.Optional(parts.moderatorIds),
  ownerIds: Type.Optional(parts.ownerIds),
};

export const CreateList = Closed({
  /** Before the at sign; at most 40 characters, for the list's own addresses add to it. */
  address: RequiredText(64),
  /** Absent: the primary domain. */
  domain: Type.Optional(Text(253)),
  name: settings.name,
  ...optional,
});
export type CreateList = Static<typeof CreateList>;
export const UpdateList = Closed({ name: Type.Optional(settings.name), ...optional });
export type UpdateList = Static<typeof UpdateList>;

export const ListState = Type.Union([Type.Literal('active'), Type.Literal('disabled')]);
export const MailList = Type.Object({
  id: NumericId,
  address: Type.String(),
  ...settings,
  state: ListState,
  /** Entries as they were put in; a unit counts as one. */
  entries: Type.Object({
    accounts: Type.Integer(),
    units: Type.Integer(),
    lists: Type.Integer(),
    addresses: Type.Integer(),
  }),
  createdAt: Instant,
});
export type MailList = Static<typeof MailList>;

const ListRef = Type.Object({ id: NumericId, name: Type.String(), address: Type.String() });
const Outside = Type.Object({ address: Type.String(), bounces: Type.Integer(), suspended: Type.Boolean() });
const Named = Type.Object({
  accounts: Type.Array(PersonRef),
  units: Type.Array(UnitRef),
  lists: Type.Array(ListRef),
  addresses: Type.Array(Outside),
});
export type ListParts = Static<typeof Named>;
export const MailListDetail = Type.Object({
  ...MailList.properties,
  members: Named,
  chosen: Named,
  moderators: Type.Array(PersonRef),
  owners: Type.Array(PersonRef),
  /** Whom a message would reach now. */
  reach: Type.Object({ people: Type.Integer(), outside: Type.Integer() }),
});
export type MailListDetail = Static<typeof MailListDetail>;

export const ListQuery = Closed({
  ...PageQuery,
  search: Type.Optional(Text(60)),
  state: Type.Optional(ListState),
});
export type ListQuery = Static<typeof ListQuery>;
/** DELETE /lists/:id?confirm=<address>: typed by the administrator. */
export const DeleteList = Closed({ confirm: Type.Optional(Text(320)) });
export const ListAct = Type.Union([Type.Literal('disable'), Type.Literal('enable')]);
export const ResumeAddress = Closed({ address: Text(254, 3) });

/** A list as the address book shows it. */
export const ListContact = Type.Object({
  id: NumericId,
  name: Type.String(),
  address: Type.String(),
  description: Type.String(),
});
export type ListContact = Static<typeof ListContact>;

/** A message that waits for a moderator. */
export const HeldMessage = Type.Object({
  id: NumericId,
  list: ListRef,
  /** From, as the message says. */
  author: Type.String(),
  sender: Type.String(),
  subject: Type.String(),
  preview: Type.String(),
  sizeBytes: Type.Integer(),
  createdAt: Instant,
  /** When it is sent back by itself. */
  until: Instant,
});
export type HeldMessage = Static<typeof HeldMessage>;
export const DecideHeld = Closed({ reason: Type.Optional(Text(500)) });
