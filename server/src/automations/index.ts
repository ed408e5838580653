export { automatePurgedAccount } from './purged-account.ts';
export { automateUnitMailbox, type UnitMailboxAutomation } from './unit-mailbox.ts';
