export { type Box, createBox, type MasterKeys } from './box.ts';
export { createPasswordHasher, type PasswordHasher } from './password.ts';
export { hashToken, hmac, newId, newToken, sameBytes } from './token.ts';
