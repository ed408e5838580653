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
import { sieveScriptGet, sieveScriptQuery } from './methods/sieve-script-get.ts';
import { sieveScriptSet } from './methods/sieve-script-set.ts';
import { sieveScriptValidate } from './methods/sieve-script-validate.ts';
import { submissionChanges, submissionGet, submissionQuery } from './methods/submission-get.ts';
import { submissionSet } from './methods/submission-set.ts';
import { threadGet } from './methods/thread-get.ts';
import { vacationGet, vacationSet } from './methods/vacation-response.ts';

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
  sieveScriptGet,
  sieveScriptQuery,
  sieveScriptSet,
  sieveScriptValidate,
  submissionChanges,
  submissionGet,
  submissionQuery,
  submissionSet,
  threadChanges,
  threadGet,
  vacationGet,
  vacationSet,
];

const BY_NAME = new Map(METHODS.map((method) => [method.name, method]));

export function findMethod(name: string): Method | undefined {
  return BY_NAME.get(name);
}
