import Type, { type Static } from 'typebox';

/**
 * A form: fields in groups, and per workflow step what may be seen and written.
 * The JSON Schema that the server validates with is derived from it, never written twice.
 */
export const FieldType = Type.Union([
  Type.Literal('text'),
  Type.Literal('textarea'),
  Type.Literal('phone'),
  Type.Literal('email'),
  Type.Literal('date'),
  Type.Literal('number'),
  Type.Literal('radio'),
  Type.Literal('select'),
  Type.Literal('checkboxes'),
  Type.Literal('person'),
  Type.Literal('people'),
  Type.Literal('unit'),
  /** A mailbox name, checked live against the directory. */
  Type.Literal('mailbox_name'),
  /** Never shown again, never in drafts; see `SecretValue`. */
  Type.Literal('secret'),
  Type.Literal('attachments'),
  /** Repeated rows of simple fields. */
  Type.Literal('rows'),
  /** Text for the reader, no value. */
  Type.Literal('note'),
]);
export type FieldType = Static<typeof FieldType>;

export const Choice = Type.Object({ value: Type.String(), label: Type.String() });

const fieldBase = {
  key: Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' }),
  type: FieldType,
  label: Type.String({ maxLength: 100 }),
  hint: Type.Optional(Type.String({ maxLength: 500 })),
  required: Type.Optional(Type.Boolean()),
  maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  choices: Type.Optional(Type.Array(Choice, { maxItems: 200 })),
  /** Filled in for the applicant: his own name, phone, unit …, or today plus a year. */
  preset: Type.Optional(
    Type.Union([
      Type.Literal('my_unit'),
      Type.Literal('my_name'),
      Type.Literal('my_address'),
      Type.Literal('my_mobile'),
      Type.Literal('today'),
      Type.Literal('in_a_year'),
    ]),
  ),
  /** Shown (and required) only while another field of the same form has one of these values. */
  showWhen: Type.Optional(Type.Object({ field: Type.String(), in: Type.Array(Type.String()) })),
};

export const RowField = Type.Object(fieldBase);
export const FormField = Type.Object({
  ...fieldBase,
  /** For `rows`: the columns. */
  fields: Type.Optional(Type.Array(RowField, { maxItems: 20 })),
  minItems: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  maxItems: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});
export type FormField = Static<typeof FormField>;

export const FormGroup = Type.Object({
  title: Type.String({ maxLength: 100 }),
  fields: Type.Array(FormField, { maxItems: 100 }),
});
export type FormGroup = Static<typeof FormGroup>;

export const Form = Type.Object({ groups: Type.Array(FormGroup, { minItems: 1, maxItems: 30 }) });
export type Form = Static<typeof Form>;

/** Per field key (`rows.column` for columns): what the reader may do. Missing = as `rest` says. */
export const FieldRight = Type.Union([Type.Literal('hidden'), Type.Literal('read'), Type.Literal('write')]);
export type FieldRight = Static<typeof FieldRight>;
export const FieldRights = Type.Object({ rest: FieldRight, fields: Type.Record(Type.String(), FieldRight) });
export type FieldRights = Static<typeof FieldRights>;

/** Values by field key; people and units as ids, rows as arrays of objects, secrets as `SecretValue`. */
export const FormValues = Type.Record(Type.String({ maxLength: 40 }), Type.Unknown());
export type FormValues = Static<typeof FormValues>;

/**
 * What the server gives back in place of a secret that has been set (the page shows 已设置 · 重新设置).
 * Sending it back unchanged keeps the secret; sending a string replaces it.
 */
export const SecretValue = Type.Object({ set: Type.Literal(true), id: Type.String() });
