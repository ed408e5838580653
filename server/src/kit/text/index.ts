export { digest, type NameKeys } from './pinyin.ts';
