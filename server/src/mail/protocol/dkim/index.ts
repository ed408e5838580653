export { type BodyHash, createBodyHash, createSimpleBodyHash, relaxedField } from './canonical.ts';
export { fieldName, splitFields } from './fields.ts';
export { type KeyRecord, parseKeyRecord, parseSignature, type Signature } from './signature.ts';
