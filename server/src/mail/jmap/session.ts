import { createHash } from 'node:crypto';
import { FILTER_LIMITS } from '../filter/index.ts';
import { CAPABILITIES, SIEVE_LIMITS } from '../protocol/sieve/index.ts';
import { CORE, type JmapAccount, MAIL, SIEVE, SUBMISSION, VACATION } from './context.ts';
import type { JsonObject } from './json.ts';
import { CORE_LIMITS, MAIL_LIMITS } from './limits.ts';
import { MAX_DELAY_S } from './submit.ts';

/** The Session object (RFC 8620 §2). URLs are relative to the origin that answers, so a proxy may rename it. */
export function sessionObject(
  username: string,
  accounts: readonly JmapAccount[],
  origin: string,
): JsonObject {
  const own = accounts.find((account) => account.mail.kind === 'own') ?? accounts[0];
  const primary = own ? { [MAIL]: own.id, [SUBMISSION]: own.id, [VACATION]: own.id, [SIEVE]: own.id } : {};
  const object = {
    capabilities: {
      [CORE]: { ...CORE_LIMITS, collationAlgorithms: ['i;ascii-casemap', 'i;unicode-casemap'] },
      [MAIL]: {},
      [SUBMISSION]: {},
      [VACATION]: {},
      [SIEVE]: { implementation: 'Hongyan' },
    },
    accounts: Object.fromEntries(accounts.map((account) => [account.id, accountObject(account)])),
    primaryAccounts: primary,
    username,
    apiUrl: `${origin}/jmap/api`,
    downloadUrl: `${origin}/jmap/download/{accountId}/{blobId}/{name}?accept={type}`,
    uploadUrl: `${origin}/jmap/upload/{accountId}`,
    eventSourceUrl: `${origin}/jmap/eventsource?types={types}&closeafter={closeafter}&ping={ping}`,
  };
  return { ...object, state: createHash('sha256').update(JSON.stringify(object)).digest('hex').slice(0, 16) };
}

function accountObject(account: JmapAccount): JsonObject {
  return {
    name: account.mail.address,
    isPersonal: account.mail.kind === 'own',
    isReadOnly: false,
    accountCapabilities: {
      [MAIL]: {
        maxMailboxesPerEmail: MAIL_LIMITS.maxMailboxesPerEmail,
        maxMailboxDepth: null,
        maxSizeMailboxName: 255,
        maxSizeAttachmentsPerEmail: CORE_LIMITS.maxSizeUpload,
        emailQuerySortOptions: ['receivedAt', 'sentAt', 'size', 'from', 'to', 'subject'],
        mayCreateTopLevelMailbox: true,
      },
      [VACATION]: {},
      [SIEVE]: {
        maxSizeScriptName: FILTER_LIMITS.name * 4,
        maxSizeScript: SIEVE_LIMITS.scriptBytes,
        maxNumberScripts: FILTER_LIMITS.scripts,
        maxNumberRedirects: SIEVE_LIMITS.redirects,
        sieveExtensions: [...CAPABILITIES],
        notificationMethods: ['mailto', 'x-hongyan'],
        externalLists: null,
      },
      [SUBMISSION]: { maxDelayedSend: MAX_DELAY_S, submissionExtensions: { FUTURERELEASE: [] } },
    },
  };
}
