export { ANYONE } from './acl.store.ts';
export type { Store } from './api.ts';
export { queryGrams } from './grams.ts';
export { createIdBlocks } from './insert.store.ts';
export { columnsIn, createBlockBuilder, hasHit, LOG_LINES, sliceRange } from './search-block.ts';
export { createStore, type StoreOptions } from './store.ts';
export { countThreads, type ThreadCounts } from './thread-counts.store.ts';
export {
  ALL_FLAGS,
  type Annotation,
  type Appended,
  type AppendItem,
  type BodyWriter,
  type Changes,
  type CopyResult,
  type CopyTarget,
  type Criterion,
  type Delivery,
  type Email,
  type EmailChange,
  type EmailQuery,
  type EmailQueryResult,
  type Entry,
  type FetchColumns,
  type FetchRow,
  FLAG,
  type FlagChange,
  type FlagResult,
  type FlagState,
  type Grant,
  type Mailbox,
  type MailboxSort,
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
  type ThreadInfo,
  type UidRange,
  type WholeMessage,
} from './types.ts';
