import type { MailAccount, ResolvedAddress, SenderAddress } from '../directory/index.ts';
import type { ClientSignIn, ClientVerdict } from '../identity/index.ts';
import type { Queryable } from '../kit/db/index.ts';

export type { BookList, ListBook, MailAccount, ResolvedAddress, SenderAddress } from '../directory/index.ts';

/** What mail asks of the directory and of identity: narrower than either, so that tests can stand in; wire.ts fills it in. */
export interface AddressBook {
  resolve(db: Queryable, address: string): Promise<ResolvedAddress>;
  /** The same, from memory for a moment; absent where there is none. */
  resolveOften?(db: Queryable, address: string): Promise<ResolvedAddress>;
  /** Every address that the account may send as. */
  senders(db: Queryable, accountId: number): Promise<SenderAddress[]>;
  /** One's own mailbox first, then the unit mailboxes that one is a member of. */
  mailboxes(db: Queryable, accountId: number): Promise<MailAccount[]>;
  /** Live accounts by id, as `own`; ids that are not there are absent. */
  accounts(db: Queryable, accountIds: readonly number[]): Promise<MailAccount[]>;
  /** The first one is the primary. */
  domains(db: Queryable): Promise<string[]>;
}

export type ClientProtocol = ClientSignIn['protocol'];

export interface ClientAuth {
  verify(input: ClientSignIn): Promise<ClientVerdict>;
  /** Password or state changed: end the session. Returns how to stop listening. */
  onRevoked(accountId: number, listener: () => void): () => void;
}
