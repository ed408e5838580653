import Type, { type Static, type TSchema } from 'typebox';

/** Objects from outside: unknown members are refused, so that a misspelt field is an error and not silence. */
export const Closed = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Locale = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')]);
export type Locale = Static<typeof Locale>;

/** Database identifiers: positive and safely below 2^53. */
export const NumericId = Type.Integer({ minimum: 1, maximum: 9_007_199_254_740_991 });
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
/** Instants travel as ISO 8601 in UTC. */
export const Instant = Type.String({ format: 'date-time' });
/** A calendar day, `2026-11-23`. */
export const Day = Type.String({ format: 'date' });

/** Text that people type: bounded, and without NUL, which PostgreSQL cannot store. */
export const Text = (maxLength: number, minLength = 0) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000]*$' });
/** Text that must hold something besides white space. */
export const RequiredText = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^(?=[\\s\\S]*\\S)[^\\u0000]*$' });

export const FieldError = Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() });
export const Problem = Type.Object({
  code: Type.String(),
  message: Type.String(),
  field: Type.Optional(Type.String()),
  fields: Type.Optional(Type.Array(FieldError)),
  /** Quote it to the help desk; the log has the detail under it. */
  ref: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;

export const Done = Type.Object({ ok: Type.Literal(true) });

/** `after` is the opaque `next` of the page before. */
export const PageQuery = {
  after: Type.Optional(Text(200)),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
};

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: Type.Optional(Type.String()),
    total: Type.Optional(Type.Integer()),
  });

export const PersonRef = Type.Object({
  id: NumericId,
  name: Type.String(),
  /** Account name, e.g. `zhangwei`. */
  account: Type.String(),
  unit: Type.Optional(Type.String()),
});
export type PersonRef = Static<typeof PersonRef>;

export const UnitRef = Type.Object({ id: NumericId, name: Type.String() });
export type UnitRef = Static<typeof UnitRef>;
