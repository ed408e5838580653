export { decodeCursor, decodeTextCursor, encodeCursor } from './cursor.ts';
export { digest, type NameKeys } from './pinyin.ts';
