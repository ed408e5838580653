import type { BlobStore } from '../../kit/blobs/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { Filters } from '../filter/index.ts';
import type { AddressBook, MailAccount } from '../ports.ts';
import type { Scope, Store } from '../store/index.ts';
import { MethodError, SetFailure } from './errors.ts';
import * as ids from './ids.ts';
import type { Arguments, JsonObject } from './json.ts';

/** A message that a person sends; what `createSubmit` of the mail module takes. */
export interface Submission {
  accountId: number;
  /** Reverse path. */
  sender: string;
  recipients: readonly { address: string; notify?: string; orcpt?: string }[];
  /** Bcc is taken out on the way. */
  message: AsyncIterable<Uint8Array>;
  /** Send later. */
  notBefore?: Date;
  remoteAddress?: string;
}

/** The door of submission: durable when it answers ok. */
export type Submit = (submission: Submission) => Promise<
  | { ok: true; ref: string }
  | {
      ok: false;
      reason:
        | 'forbidden_from'
        | 'forbidden_mail_from'
        | 'no_recipients'
        | 'too_many_recipients'
        | 'invalid_recipients'
        | 'too_large'
        | 'invalid_message'
        | 'over_limit'
        | 'locked';
      text: string;
      recipients?: { address: string }[];
    }
>;

export interface JmapDeps {
  db: Db;
  store: Store;
  addressBook: AddressBook;
  blobs: BlobStore;
  signals: Signals;
  clock: Clock;
  log: Logger;
  submit: Submit;
  filters: Pick<Filters, 'scripts' | 'personal'>;
  /** Largest message in octets. */
  maxMessageBytes: number;
}

/** One account that the signed-in person may use. */
export interface JmapAccount {
  id: string;
  scope: Scope;
  mail: MailAccount;
}

/** One request while it is processed. */
export interface Context {
  deps: JmapDeps;
  /** The signed-in person. */
  personId: number;
  remoteAddress: string;
  accounts: readonly JmapAccount[];
  using: ReadonlySet<string>;
  /** Creation id → id, over the whole request (RFC 8620 §3.3). */
  created: Map<string, string>;
}

/** One method, e.g. `Email/get`. May answer with more than one response (implicit Email/set). */
export interface Method {
  name: string;
  capability: string;
  run(
    context: Context,
    args: Arguments,
  ): Promise<JsonObject | { responses: { name: string; args: JsonObject }[] }>;
}

export const CORE = 'urn:ietf:params:jmap:core';
export const MAIL = 'urn:ietf:params:jmap:mail';
export const SUBMISSION = 'urn:ietf:params:jmap:submission';
export const VACATION = 'urn:ietf:params:jmap:vacationresponse';
export const SIEVE = 'urn:ietf:params:jmap:sieve';

/** Own account first, then the unit mailboxes that the person is a member of. */
export async function accountsOf(
  deps: Pick<JmapDeps, 'db' | 'addressBook'>,
  personId: number,
): Promise<JmapAccount[]> {
  const accounts = await deps.addressBook.mailboxes(deps.db, personId);
  return accounts.map((mail) => ({
    id: ids.accountId(mail.accountId),
    scope: { accountId: mail.accountId, readerId: personId },
    mail,
  }));
}

/** The account of the call; throws accountNotFound. */
export function accountOf(context: Context, args: Arguments, name = 'accountId'): JmapAccount {
  const wanted = args.string(name);
  const found = context.accounts.find((account) => account.id === wanted);
  if (!found) throw new MethodError(name === 'fromAccountId' ? 'fromAccountNotFound' : 'accountNotFound');
  return found;
}

/** Replaces `#creationId` by the id that this request gave it (RFC 8620 §5.3). */
export function resolveId(context: Context, id: string): string {
  if (!id.startsWith('#')) return id;
  const found = context.created.get(id.slice(1));
  if (found === undefined) throw new SetFailure('invalidProperties', `nothing was created as ${id}`);
  return found;
}
