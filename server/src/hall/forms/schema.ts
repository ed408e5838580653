import type { FormField } from '@hongyan/contract';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Simple = Omit<FormField, 'fields' | 'minItems' | 'maxItems'>;
type Schema = Record<string, unknown>;

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats.default(ajv);
/** Schemas of published forms never change, so their validators are kept; a bound guards against endless versions. */
const compiled = new Map<string, ValidateFunction>();
const MAX_COMPILED = 2_000;

const NO_NUL = '^[^\\u0000]*$';
const ATTACHMENT = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[0-9a-f-]{36}$' },
    name: { type: 'string', maxLength: 255 },
    size: { type: 'integer', minimum: 0 },
  },
  required: ['id', 'name', 'size'],
  additionalProperties: false,
};
/** A secret that is kept: the reference that the server gave out. */
const KEPT_SECRET = {
  type: 'object',
  properties: { set: { const: true }, id: { type: 'string', pattern: '^[0-9a-f-]{36}$' } },
  required: ['set', 'id'],
  additionalProperties: false,
};

/** JSON Schema (2020-12) of one field's value; rows become arrays of objects. */
export function schemaOf(field: FormField): Schema {
  if (field.type !== 'rows') return simpleSchema(field);
  const columns = (field.fields ?? []).filter((column) => column.type !== 'note');
  return {
    type: 'array',
    minItems: Math.max(field.minItems ?? 0, field.required ? 1 : 0),
    maxItems: field.maxItems ?? 50,
    items: {
      type: 'object',
      properties: Object.fromEntries(columns.map((column) => [column.key, simpleSchema(column)])),
      required: columns.filter((column) => column.required).map((column) => column.key),
      additionalProperties: false,
    },
  };
}

function simpleSchema(field: Simple): Schema {
  const choices = (field.choices ?? []).map((choice) => choice.value);
  switch (field.type) {
    case 'text':
      return { type: 'string', maxLength: field.maxLength ?? 200, pattern: NO_NUL };
    case 'textarea':
      return { type: 'string', maxLength: field.maxLength ?? 2_000, pattern: NO_NUL };
    case 'phone':
      return { type: 'string', maxLength: 30, pattern: '^\\+?[0-9][0-9 ()-]{4,24}$' };
    case 'email':
      return { type: 'string', maxLength: 254, format: 'email' };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'number':
      return {
        type: 'number',
        ...(field.min === undefined ? {} : { minimum: field.min }),
        ...(field.max === undefined ? {} : { maximum: field.max }),
      };
    case 'radio':
    case 'select':
      return { type: 'string', enum: choices };
    case 'checkboxes':
      return {
        type: 'array',
        items: { type: 'string', enum: choices },
        uniqueItems: true,
        minItems: field.required ? 1 : 0,
      };
    case 'person':
    case 'unit':
      return { type: 'integer', minimum: 1 };
    case 'people':
      return {
        type: 'array',
        items: { type: 'integer', minimum: 1 },
        uniqueItems: true,
        maxItems: 100,
        minItems: field.required ? 1 : 0,
      };
    case 'mailbox_name':
      return { type: 'string', maxLength: 64, pattern: NO_NUL };
    case 'secret':
      return { anyOf: [{ type: 'string', minLength: 1, maxLength: 200, pattern: NO_NUL }, KEPT_SECRET] };
    case 'attachments':
      return { type: 'array', items: ATTACHMENT, maxItems: 20, minItems: field.required ? 1 : 0 };
    case 'rows':
    case 'note':
      return {};
  }
}

/** The same Ajv for every form: fields that are to be checked together, as one object. */
export function validatorFor(fields: readonly FormField[]): ValidateFunction {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.key, schemaOf(field)])),
    required: fields.filter((field) => field.required && field.type !== 'note').map((field) => field.key),
  };
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const validate = ajv.compile(schema);
  compiled.set(key, validate);
  return validate;
}
