import { defineEvent } from '../kit/events/index.ts';

/** State, rights or protocols of an account changed: live sessions look again. */
export const accountChanged = defineEvent<{ accountId: number }>('directory.account_changed');
/** A unit mailbox got other members. */
export const unitMailboxChanged = defineEvent<{ accountId: number }>('directory.unit_mailbox_changed');
/** The seven days of grace are over: whatever else an account has goes for good. */
export const accountPurged = defineEvent<{ accountId: number }>('directory.account_purged');
