export { codeText, quoteString, type Token, tokenizeLine } from './line.ts';
