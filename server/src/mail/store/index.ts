export type { Store } from './api.ts';
export { createIdBlocks } from './insert.store.ts';
export { createStore, type StoreOptions } from './store.ts';
export { countThreads, type ThreadCounts } from './thread-counts.store.ts';
export {
  ALL_FLAGS,
  type Appended,
  type AppendItem,
  type BodyWriter,
  type Changes,
  type CopyResult,
  type Criterion,
  type Delivery,
  type Email,
  type EmailChange,
  type EmailQuery,
  type EmailQueryResult,
  type Entry,
  FLAG,
  type FlagChange,
  type FlagResult,
  type Mailbox,
  type Message,
  type ObjectChanges,
  type OpenMessage,
  type Role,
  type Scope,
  type SortBy,
  type SortKey,
  type StoredBody,
  StoreError,
  type StoreErrorCode,
  type UidRange,
} from './types.ts';
