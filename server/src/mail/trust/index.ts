export { createDkimConsole, type DkimConsole } from './console.service.ts';
export { findKeys, type KeyRow } from './keys.store.ts';
export { createDkimKeys, type DkimKeys, recordName, recordText } from './keys.ts';
export { digestMessage, type SigningKey, signDigest } from './sign.ts';
export { createSigner, type Signer } from './signer.ts';
export { dkimRoutes } from './trust.routes.ts';
