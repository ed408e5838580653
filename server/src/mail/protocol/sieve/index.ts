export { compileScript } from './compile.ts';
export { SieveError } from './errors.ts';
export { joinFields } from './fields.ts';
export { SIEVE_LIMITS } from './limits.ts';
export { NOTIFY_SCHEME, parseMailto } from './notify.ts';
export { CAPABILITIES } from './registry.ts';
export { runScripts } from './run.ts';
export type {
  Action,
  DuplicateKey,
  Field,
  FileInto,
  Notify,
  Outcome,
  Script,
  SieveEnvironment,
  SieveMessage,
  Vacation,
} from './types.ts';
