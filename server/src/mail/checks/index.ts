export { type CheckVerdict, checkLoop, checkSize } from './basic.ts';
