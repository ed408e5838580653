import type { Queryable } from '../kit/db/index.ts';

/** What mail asks of the directory and of identity; wire.ts fills it in. */
export type ResolvedAddress =
  | {
      kind: 'account';
      accountId: number;
      /** Primary address. */
      address: string;
      via: 'primary' | 'alias' | 'plus';
      /** The part after `+`. */
      detail?: string;
      accountKind: 'person' | 'unit';
      state: 'active' | 'disabled' | 'expired' | 'deleted';
      quotaBytes: number;
    }
  /** Our domain, nobody there. */
  | { kind: 'unknown' }
  /** Not our domain. */
  | { kind: 'foreign' };

export interface SenderAddress {
  address: string;
  name: string;
  accountId: number;
  kind: 'own' | 'alias' | 'unit';
}

export interface MailAccount {
  accountId: number;
  address: string;
  name: string;
  kind: 'own' | 'unit';
  canSend: boolean;
  quotaBytes: number;
}

export interface AddressBook {
  resolve(db: Queryable, address: string): Promise<ResolvedAddress>;
  /** Every address that the account may send as. */
  senders(db: Queryable, accountId: number): Promise<SenderAddress[]>;
  /** One's own mailbox first, then the unit mailboxes that one is a member of. */
  mailboxes(db: Queryable, accountId: number): Promise<MailAccount[]>;
  /** The first one is the primary. */
  domains(db: Queryable): Promise<string[]>;
}

export type ClientProtocol = 'imap' | 'pop3' | 'smtp' | 'jmap' | 'sieve';

export interface ClientAuth {
  verify(input: {
    name: string;
    password: string;
    protocol: ClientProtocol;
    remoteAddress: string;
    tls: boolean;
  }): Promise<
    | { ok: true; accountId: number; address: string }
    | { ok: false; reason: 'invalid' | 'disabled' | 'limited' | 'protocol' }
  >;
  /** Password or state changed: end the session. Returns how to stop listening. */
  onRevoked(accountId: number, listener: () => void): () => void;
}
