export { automateUnitMailbox, type UnitMailboxAutomation } from './unit-mailbox.ts';
