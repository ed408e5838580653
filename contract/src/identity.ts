import Type, { type Static } from 'typebox';
import { Closed, Instant, Locale, NumericId, RequiredText, Text, Uuid } from './common.ts';

/** Generous on purpose: an institution's own maximum is checked by the policy, with a better sentence. */
export const PasswordText = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' });

export const SignIn = Closed({
  name: RequiredText(254),
  password: PasswordText,
  captcha: Type.Optional(Closed({ id: Text(64, 1), answer: Text(16, 1) })),
});
export type SignIn = Static<typeof SignIn>;

/** What is left to do before the session is whole; the page shows them in this order. */
export const NextStep = Type.Union([Type.Literal('change_password')]);
export type NextStep = Static<typeof NextStep>;

export const Permission = Type.Union([
  Type.Literal('console'),
  Type.Literal('institution'),
  Type.Literal('units'),
  Type.Literal('accounts'),
  Type.Literal('administrators'),
  Type.Literal('unit_mailboxes'),
  Type.Literal('lists'),
  Type.Literal('audit'),
  Type.Literal('domains'),
  Type.Literal('failed_actions'),
  Type.Literal('queue'),
]);
export type Permission = Static<typeof Permission>;

export const Me = Type.Object({
  id: NumericId,
  account: Type.String(),
  name: Type.String(),
  address: Type.String(),
  /** Staff or student number. */
  number: Type.Optional(Type.String()),
  unit: Type.Optional(Type.Object({ id: NumericId, name: Type.String(), path: Type.String() })),
  kind: Type.Union([Type.Literal('staff'), Type.Literal('student'), Type.Literal('other')]),
  tier: Type.Union([
    Type.Literal('super'),
    Type.Literal('company'),
    Type.Literal('unit'),
    Type.Literal('user'),
  ]),
  permissions: Type.Array(Permission),
  /** Undefined: as the browser asks. */
  locale: Type.Optional(Locale),
  theme: Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')]),
  timeZone: Type.String(),
  next: Type.Array(NextStep),
});
export type Me = Static<typeof Me>;

export const SignInResult = Type.Union([
  Type.Object({ account: Me }),
  Type.Object({ next: Type.Array(NextStep) }),
]);
export type SignInResult = Static<typeof SignInResult>;

export const Captcha = Type.Object({
  id: Type.String(),
  /** data:image/svg+xml picture. */
  image: Type.String(),
});
export type Captcha = Static<typeof Captcha>;

export const Counts = Type.Object({
  /** Open tasks. */
  todo: Type.Integer(),
  /** Unread in-app messages. */
  messages: Type.Integer(),
  /** Unread mail in one's own inbox. */
  mail: Type.Integer(),
});
export type Counts = Static<typeof Counts>;

/** Events of GET /api/v1/events: `event: <name>`, `data: <JSON>`. */
export const serverEvents = ['counts', 'session_ended'] as const;
export type ServerEvent = (typeof serverEvents)[number];

export const SessionInfo = Type.Object({
  id: Uuid,
  current: Type.Boolean(),
  device: Type.String(),
  address: Type.String(),
  createdAt: Instant,
  seenAt: Instant,
});
export type SessionInfo = Static<typeof SessionInfo>;

export const SignInRecord = Type.Object({
  time: Instant,
  protocol: Type.String(),
  address: Type.String(),
  device: Type.String(),
  ok: Type.Boolean(),
});
export type SignInRecord = Static<typeof SignInRecord>;

export const ChangePassword = Closed({ current: PasswordText, password: PasswordText });
export type ChangePassword = Static<typeof ChangePassword>;

export const PasswordPolicy = Type.Object({
  minLength: Type.Integer(),
  maxLength: Type.Integer(),
  /** How many of digit, lower, upper, other. */
  classes: Type.Integer(),
  /** The rules as sentences in the reader's language. */
  rules: Type.Array(Type.Object({ code: Type.String(), text: Type.String() })),
});
export type PasswordPolicy = Static<typeof PasswordPolicy>;

/** POST /api/v1/password-check: which rules a candidate breaks; nothing is stored or logged. */
export const PasswordCheck = Closed({ password: PasswordText, account: Type.Optional(Text(64)) });
export const PasswordCheckResult = Type.Object({ failed: Type.Array(Type.String()) });

export const UpdateMe = Closed({
  locale: Type.Optional(Type.Union([Locale, Type.Null()])),
  theme: Type.Optional(Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')])),
  timeZone: Type.Optional(Text(64, 1)),
});
export type UpdateMe = Static<typeof UpdateMe>;

/** Public facts for the sign-in page. */
export const Site = Type.Object({
  /** False until the set-up wizard has run; the sign-in page then leads to /setup. */
  ready: Type.Boolean(),
  sample: Type.Boolean(),
  institution: Type.String(),
  introduction: Type.String(),
  news: Type.Array(Type.Object({ title: Type.String(), day: Type.String() })),
  helpDesk: Type.String(),
});
export type Site = Static<typeof Site>;

export const Setup = Closed({
  institution: RequiredText(60),
  domain: RequiredText(253),
  account: RequiredText(64),
  name: RequiredText(40),
  password: PasswordText,
  /** Printed by `npm start` on the terminal, so that a stranger cannot be first. */
  setupCode: RequiredText(40),
});
export type Setup = Static<typeof Setup>;
