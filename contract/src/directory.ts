import Type, { type Static } from 'typebox';
import { Closed, Instant, NumericId, PageQuery, PersonRef, RequiredText, Text } from './common.ts';
import { PasswordText } from './identity.ts';

export const Unit = Type.Object({
  id: NumericId,
  name: Type.String(),
  parentId: Type.Union([NumericId, Type.Null()]),
  /** From the root, without it: `信息中心/网络部`. */
  path: Type.String(),
  /** Direct child units. */
  children: Type.Integer(),
  /** Accounts directly in it. */
  accounts: Type.Integer(),
  /** 默认部门: sits last, holds every account without a unit. */
  isDefault: Type.Boolean(),
  head: Type.Optional(PersonRef),
  level: Type.Optional(Type.String()),
});
export type Unit = Static<typeof Unit>;

/** GET /units?parent=: children of a unit; without `parent` the first level that the reader may see. */
export const UnitQuery = Closed({ parent: Type.Optional(NumericId), search: Type.Optional(Text(60)) });
export const CreateUnit = Closed({ name: RequiredText(60), parentId: Type.Union([NumericId, Type.Null()]) });
export type CreateUnit = Static<typeof CreateUnit>;
export const UpdateUnit = Closed({
  name: Type.Optional(RequiredText(60)),
  headId: Type.Optional(Type.Union([NumericId, Type.Null()])),
});
export type UpdateUnit = Static<typeof UpdateUnit>;
export const MoveUnit = Closed({ direction: Type.Union([Type.Literal('up'), Type.Literal('down')]) });
export type MoveUnit = Static<typeof MoveUnit>;

export const AccountState = Type.Union([
  Type.Literal('active'),
  Type.Literal('disabled'),
  Type.Literal('expired'),
  Type.Literal('deleted'),
]);
export type AccountState = Static<typeof AccountState>;

export const Protocols = Closed({
  web: Type.Boolean(),
  imap: Type.Boolean(),
  pop3: Type.Boolean(),
  smtp: Type.Boolean(),
});
export type Protocols = Static<typeof Protocols>;

export const Account = Type.Object({
  id: NumericId,
  account: Type.String(),
  name: Type.String(),
  address: Type.String(),
  number: Type.Optional(Type.String()),
  kind: Type.Union([Type.Literal('staff'), Type.Literal('student'), Type.Literal('other')]),
  unit: Type.Optional(Type.Object({ id: NumericId, name: Type.String(), path: Type.String() })),
  post: Type.Optional(Type.String()),
  state: AccountState,
  expiresAt: Type.Optional(Instant),
  /** When a deleted or expired account is gone for good. */
  purgeAt: Type.Optional(Instant),
  listed: Type.Boolean(),
  aliases: Type.Array(Type.String()),
  quotaBytes: Type.Integer(),
  usedBytes: Type.Integer(),
  protocols: Protocols,
  officePhone: Type.Optional(Type.String()),
  mobile: Type.Optional(Type.String()),
  /** Masked; the full value is encrypted. */
  boundPhone: Type.Optional(Type.String()),
  tier: Type.Union([
    Type.Literal('super'),
    Type.Literal('company'),
    Type.Literal('unit'),
    Type.Literal('user'),
  ]),
  lastSignIn: Type.Optional(Instant),
  createdAt: Instant,
});
export type Account = Static<typeof Account>;

export const AccountQuery = Closed({
  ...PageQuery,
  unit: Type.Optional(NumericId),
  /** 显示部门下所有帐号. */
  below: Type.Optional(Type.Boolean()),
  search: Type.Optional(Text(60)),
  state: Type.Optional(AccountState),
  sort: Type.Optional(
    Type.Union([
      Type.Literal('name'),
      Type.Literal('-name'),
      Type.Literal('address'),
      Type.Literal('-address'),
    ]),
  ),
});
export type AccountQuery = Static<typeof AccountQuery>;

export const CreateAccount = Closed({
  name: RequiredText(40),
  account: RequiredText(64),
  password: PasswordText,
  unitId: Type.Optional(Type.Union([NumericId, Type.Null()])),
  number: Type.Optional(Text(40)),
  kind: Type.Optional(Type.Union([Type.Literal('staff'), Type.Literal('student'), Type.Literal('other')])),
  post: Type.Optional(Text(60)),
  expiresOn: Type.Optional(Type.Union([Type.String({ format: 'date' }), Type.Null()])),
  quotaBytes: Type.Optional(Type.Integer({ minimum: 1_048_576, maximum: 1_099_511_627_776 })),
  officePhone: Type.Optional(Text(40)),
  mobile: Type.Optional(Text(40)),
  boundPhone: Type.Optional(Text(40)),
  nationalId: Type.Optional(Text(40)),
});
export type CreateAccount = Static<typeof CreateAccount>;

export const UpdateAccount = Closed({
  name: Type.Optional(RequiredText(40)),
  unitId: Type.Optional(Type.Union([NumericId, Type.Null()])),
  number: Type.Optional(Text(40)),
  kind: Type.Optional(Type.Union([Type.Literal('staff'), Type.Literal('student'), Type.Literal('other')])),
  post: Type.Optional(Text(60)),
  expiresOn: Type.Optional(Type.Union([Type.String({ format: 'date' }), Type.Null()])),
  listed: Type.Optional(Type.Boolean()),
  quotaBytes: Type.Optional(Type.Integer({ minimum: 1_048_576, maximum: 1_099_511_627_776 })),
  protocols: Type.Optional(Protocols),
  officePhone: Type.Optional(Text(40)),
  mobile: Type.Optional(Text(40)),
  boundPhone: Type.Optional(Type.Union([Text(40), Type.Null()])),
});
export type UpdateAccount = Static<typeof UpdateAccount>;

/** POST /accounts/:id/<act>. */
export const AccountAct = Type.Union([
  Type.Literal('disable'),
  Type.Literal('activate'),
  Type.Literal('restore'),
]);
export const SetPassword = Closed({ password: PasswordText });
export const AddAlias = Closed({ alias: RequiredText(64) });
export const NameCheck = Type.Object({
  available: Type.Boolean(),
  /** Why not, in the reader's language. */
  message: Type.Optional(Type.String()),
});
export type NameCheck = Static<typeof NameCheck>;

/** The address book as everyone may read it. */
export const Contact = Type.Object({
  id: NumericId,
  name: Type.String(),
  account: Type.String(),
  address: Type.String(),
  unit: Type.Optional(Type.String()),
  post: Type.Optional(Type.String()),
  officePhone: Type.Optional(Type.String()),
  mobile: Type.Optional(Type.String()),
});
export type Contact = Static<typeof Contact>;
export const ContactQuery = Closed({
  ...PageQuery,
  unit: Type.Optional(NumericId),
  search: Type.Optional(Text(60)),
});
export type ContactQuery = Static<typeof ContactQuery>;

export const Administrator = Type.Object({
  person: PersonRef,
  tier: Type.Union([Type.Literal('super'), Type.Literal('company'), Type.Literal('unit')]),
  unit: Type.Optional(Type.Object({ id: NumericId, name: Type.String() })),
});
export type Administrator = Static<typeof Administrator>;
export const AppointAdministrator = Closed({
  accountId: NumericId,
  tier: Type.Union([Type.Literal('company'), Type.Literal('unit')]),
  unitId: Type.Optional(NumericId),
  /** The person is administrator elsewhere already: the old scope ends. */
  replace: Type.Optional(Type.Boolean()),
});
export type AppointAdministrator = Static<typeof AppointAdministrator>;

export const UnitMailbox = Type.Object({
  id: NumericId,
  address: Type.String(),
  name: Type.String(),
  unit: Type.Optional(Type.Object({ id: NumericId, name: Type.String() })),
  owner: PersonRef,
  members: Type.Array(PersonRef),
  state: AccountState,
  expiresAt: Type.Optional(Instant),
  /** May the reader change the members? */
  canManage: Type.Boolean(),
});
export type UnitMailbox = Static<typeof UnitMailbox>;
export const SetMembers = Closed({ memberIds: Type.Array(NumericId, { maxItems: 200 }) });

export const Domain = Type.Object({
  name: Type.String(),
  primary: Type.Boolean(),
  accounts: Type.Integer(),
  /** It has the addresses of this other domain. */
  aliasOf: Type.Optional(Type.String()),
  /** Who gets what nobody else has. */
  catchAll: Type.Optional(PersonRef),
});
export type Domain = Static<typeof Domain>;
export const AddDomain = Closed({ name: RequiredText(253) });
/** PATCH /domains/:name; null takes it away. */
export const UpdateDomain = Closed({
  aliasOf: Type.Optional(Type.Union([Text(253), Type.Null()])),
  catchAllId: Type.Optional(Type.Union([NumericId, Type.Null()])),
});
export type UpdateDomain = Static<typeof UpdateDomain>;

export const AuditEntry = Type.Object({
  id: Type.Integer(),
  time: Instant,
  actor: Type.String(),
  address: Type.String(),
  action: Type.String(),
  /** The action in the reader's language. */
  label: Type.String(),
  target: Type.String(),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;
export const AuditQuery = Closed({ ...PageQuery, search: Type.Optional(Text(100)) });
export const AuditVerification = Type.Object({
  ok: Type.Boolean(),
  checked: Type.Integer(),
  unsealed: Type.Integer(),
  /** First broken entry, if any. */
  brokenAt: Type.Optional(Type.Integer()),
});
export type AuditVerification = Static<typeof AuditVerification>;

export const ConsoleHome = Type.Object({
  institution: Type.String(),
  createdAt: Instant,
  people: Type.Integer(),
  mailboxes: Type.Integer(),
  units: Type.Integer(),
  unitMailboxes: Type.Integer(),
  storageBytes: Type.Integer(),
  queued: Type.Integer(),
  mailToday: Type.Integer(),
  casesRunning: Type.Integer(),
  warnings: Type.Array(Type.Object({ text: Type.String(), link: Type.Optional(Type.String()) })),
});
export type ConsoleHome = Static<typeof ConsoleHome>;
