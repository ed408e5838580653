export { type AppendOptions, isMessageLiteral, readAppendOptions } from './append.ts';
export { formatDateTime, parseDateTime } from './date.ts';
export { ImapSyntaxError } from './errors.ts';
export { type FetchArguments, type FetchItem, readFetchArguments } from './fetch.ts';
export {
  type FlagList,
  flagList,
  MAX_KEYWORDS,
  readFlags,
  SYSTEM_FLAGS,
  type SystemFlag,
  systemFlag,
} from './flags.ts';
export {
  formatFlags,
  formatMailbox,
  formatNstring,
  formatString,
  formatText,
  octets,
  statusText,
  wireBytes,
} from './format.ts';
export { type ListArguments, readListArguments } from './list.ts';
export {
  DELIMITER,
  decodeMailboxName,
  decodeName,
  encodeMailboxName,
  MAX_MAILBOX_NAME,
  matchesPattern,
} from './mailbox-name.ts';
export {
  type MetadataOptions,
  readEntryName,
  readEntryNames,
  readEntryValues,
  readMetadataOptions,
} from './metadata.ts';
export {
  type NotifyArguments,
  type NotifyEvent,
  type NotifyGroup,
  readNotifyArguments,
} from './notify.ts';
export { formatPartialRange, type PartialRange, takePartial } from './partial-range.ts';
export { type CommandPiece, type LiteralMarker, literalMarker, readTag, Scanner } from './scanner.ts';
export {
  readSearchArguments,
  type SearchArguments,
  type SearchKey,
  type SearchReturn,
  type SearchReturns,
  type SearchText,
} from './search.ts';
export { formatSection, type Partial, readPartial, readSection, type Section } from './section.ts';
export {
  exceeds,
  formatSet,
  inRanges,
  type MessageSet,
  mergeRanges,
  parseSequenceSet,
  readMessageSet,
  resolveSet,
  type SequenceSet,
  type SetRange,
  STAR,
} from './sequence-set.ts';
export {
  readSortArguments,
  readThreadArguments,
  type SortArguments,
  type SortCriterion,
  type ThreadAlgorithm,
} from './sort.ts';
export { readStatusItems, type StatusItem } from './status.ts';
export { readStoreArguments, type StoreArguments } from './store.ts';
export { formatEnvelope, formatStructure } from './structure.ts';
export {
  formatThreads,
  type ThreadMessage,
  type ThreadNode,
  threadByReferences,
  threadBySubject,
} from './thread.ts';
export { decodeUtf7, encodeUtf7 } from './utf7.ts';
