import Type, { type Static } from 'typebox';
import { Closed, Instant, NumericId, RequiredText, Text } from './common.ts';

const Word = <const T extends readonly string[]>(values: T) => Type.Unsafe<T[number]>(Type.Enum([...values]));
const EmailText = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@<>,;"()\\u0000-\\u001f]+@[^\\s@<>,;"()\\u0000-\\u001f]+$',
});
/** An address, or a domain with or without the at sign. */
const Blocked = Type.String({
  minLength: 2,
  maxLength: 254,
  pattern: '^[^\\s<>,;"()*?\\\\\\u0000-\\u001f]+$',
});

/** Automatic reply; `from` and `until` bound it when they are there. */
export const VacationRule = Closed({
  enabled: Type.Boolean(),
  from: Type.Optional(Instant),
  until: Type.Optional(Instant),
  subject: Text(200),
  text: Text(10_000),
  /** The same as HTML; JMAP clients set it. */
  html: Type.Optional(Text(50_000)),
});
export type VacationRule = Static<typeof VacationRule>;

export const ForwardingRule = Closed({
  enabled: Type.Boolean(),
  addresses: Type.Array(EmailText, { maxItems: 10, uniqueItems: true }),
  /** Also keep the mail here. */
  keepCopy: Type.Boolean(),
});
export type ForwardingRule = Static<typeof ForwardingRule>;

export const BlockList = Closed({
  senders: Type.Array(Blocked, { maxItems: 1_000, uniqueItems: true }),
  action: Word(['junk', 'discard']),
});
export type BlockList = Static<typeof BlockList>;

export const FilterCondition = Closed({
  field: Word(['from', 'to', 'cc', 'recipient', 'subject', 'body', 'size', 'header']),
  /** For `header`: its name. */
  header: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[!-9;-~]+$' })),
  operator: Word(['contains', 'not_contains', 'is', 'is_not', 'begins', 'ends', 'over', 'under']),
  /** For `size`: kilobytes. */
  value: RequiredText(500),
});
export type FilterCondition = Static<typeof FilterCondition>;

export const FilterAction = Closed({
  type: Word(['move', 'copy', 'seen', 'flag', 'forward', 'discard', 'reject', 'notify']),
  /** For move and copy: the folder's number and, should it have gone, its path. */
  mailboxId: Type.Optional(NumericId),
  mailbox: Type.Optional(RequiredText(500)),
  /** For forward. */
  address: Type.Optional(EmailText),
  /** For reject. */
  text: Type.Optional(RequiredText(500)),
});
export type FilterAction = Static<typeof FilterAction>;

export const FilterRule = Closed({
  name: RequiredText(100),
  enabled: Type.Boolean(),
  match: Word(['all', 'any']),
  conditions: Type.Array(FilterCondition, { minItems: 1, maxItems: 20 }),
  actions: Type.Array(FilterAction, { minItems: 1, maxItems: 10 }),
  /** Later filters do not look at the message. */
  stop: Type.Boolean(),
});
export type FilterRule = Static<typeof FilterRule>;

export const MailRules = Closed({
  vacation: VacationRule,
  forwarding: ForwardingRule,
  blocked: BlockList,
  filters: Type.Array(FilterRule, { maxItems: 100 }),
});
export type MailRules = Static<typeof MailRules>;

const Version = Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 });

/** GET /mail/accounts/:id/rules. `version` goes back with a change, so that two windows do not overwrite each other. */
export const MailRulesView = Type.Object({
  version: Version,
  rules: MailRules,
  /** May mail be forwarded to other institutions? */
  mayForwardOutside: Type.Boolean(),
  mayChange: Type.Boolean(),
  /** The name of the active script that runs after the rules. */
  activeScript: Type.Optional(Type.String()),
});
export type MailRulesView = Static<typeof MailRulesView>;

/** PUT /mail/accounts/:id/rules: sections that are there replace what was there. */
export const MailRulesChange = Closed({
  version: Version,
  vacation: Type.Optional(VacationRule),
  forwarding: Type.Optional(ForwardingRule),
  blocked: Type.Optional(BlockList),
  filters: Type.Optional(Type.Array(FilterRule, { maxItems: 100 })),
});
export type MailRulesChange = Static<typeof MailRulesChange>;

export const SieveScriptInfo = Type.Object({
  id: NumericId,
  name: Type.String(),
  active: Type.Boolean(),
  changedAt: Instant,
});
export type SieveScriptInfo = Static<typeof SieveScriptInfo>;
export const SieveScriptList = Type.Object({ items: Type.Array(SieveScriptInfo), limit: Type.Integer() });
export type SieveScriptList = Static<typeof SieveScriptList>;
export const SieveScriptContent = Type.Object({ ...SieveScriptInfo.properties, content: Type.String() });
export type SieveScriptContent = Static<typeof SieveScriptContent>;

const ScriptName = RequiredText(128);
const ScriptText = Text(262_144);
export const SieveScriptCreate = Closed({ name: ScriptName, content: ScriptText });
export const SieveScriptChange = Closed({
  name: Type.Optional(ScriptName),
  content: Type.Optional(ScriptText),
  active: Type.Optional(Type.Boolean()),
});
export type SieveScriptChange = Static<typeof SieveScriptChange>;

/** POST /mail/sieve/check */
export const SieveCheck = Closed({ content: ScriptText });
export const SieveVerdict = Type.Object({
  ok: Type.Boolean(),
  /** Counted from 1. */
  line: Type.Optional(Type.Integer()),
  message: Type.Optional(Type.String()),
  warnings: Type.Array(Type.Object({ line: Type.Integer(), message: Type.String() })),
});
export type SieveVerdict = Static<typeof SieveVerdict>;

/** ADM-4.11: may this account forward mail to other institutions? `default` = as the institution's setting says. */
export const ForwardingRight = Closed({ outside: Word(['default', 'allowed', 'refused']) });
export type ForwardingRight = Static<typeof ForwardingRight>;
