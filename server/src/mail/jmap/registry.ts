import type { Method } from './context.ts';
import { coreEcho } from './methods/core-echo.ts';
import { emailCopy } from './methods/email-copy.ts';
import { emailGet } from './methods/email-get.ts';
import { emailImport } from './methods/email-import.ts';
import { emailParse } from './methods/email-parse.ts';
import { emailQuery, emailQueryChanges } from './methods/email-query.ts';
import { emailSet } from './methods/email-set.ts';
import { identityChanges, identityGet, identitySet } from './methods/identity-get.ts';
import { mailboxChanges } from './methods/mailbox-changes.ts';
import { mailboxGet } from './methods/mailbox-get.ts';
import { mailboxQuery, mailboxQueryChanges } from './methods/mailbox-query.ts';
import { mailboxSet } from './methods/mailbox-set.ts';
import { emailChanges, threadChanges } from './methods/object-changes.ts';
import { searchSnippetGet } from './methods/search-snippet-get.ts';
import { submissionChanges, submissionGet, submissionQuery } from './methods/submission-get.ts';
import { submissionSet } from './methods/submission-set.ts';
import { threadGet } from './methods/thread-get.ts';

const METHODS: readonly Method[] = [
  coreEcho,
  emailChanges,
  emailCopy,
  emailGet,
  emailImport,
  emailParse,
  emailQuery,
  emailQueryChanges,
  emailSet,
  identityChanges,
  identityGet,
  identitySet,
  mailboxChanges,
  mailboxGet,
  mailboxQuery,
  mailboxQueryChanges,
  mailboxSet,
  searchSnippetGet,
  submissionChanges,
  submissionGet,
  submissionQuery,
  submissionSet,
  threadChanges,
  threadGet,
];

const BY_NAME = new Map(METHODS.map((method) => [method.name, method]));

export function findMethod(name: string): Method | undefined {
  return BY_NAME.get(name);
}
