import { type Queryable, transaction } from '../../kit/db/index.ts';
import { listGrants, putGrant } from './acl.store.ts';
import { countAnnotations, putAnnotations } from './annotation.store.ts';
import { findMailbox } from './mailbox.store.ts';
import { type Grant, type Scope, StoreError } from './types.ts';
import { inOneWork, type StoreParts } from './work.ts';

/** Every LIST of a grantee reads his grants; more of them on one mailbox is a list, not a share. */
const MAX_GRANTS = 200;
/** RFC 5464 §4.3 lets us say TOOMANY; without it a client could fill the database beside its quota. */
const MAX_ANNOTATIONS = 100;

export async function setGrant(
  parts: StoreParts,
  db: Queryable,
  scope: Scope,
  mailboxId: number,
  grant: Grant,
): Promise<void> {
  await inOneWork(parts, db, scope.accountId, async (work) => {
    if (!(await findMailbox(work.tx, scope, mailboxId)))
      throw new StoreError('nonexistent', 'no such mailbox');
    const now = await listGrants(work.tx, scope.accountId, mailboxId);
    const known = now.some((one) => one.granteeId === grant.granteeId);
    if (!known && grant.rights !== '' && now.length >= MAX_GRANTS)
      throw new StoreError('limit', 'too many people have rights here');
    await putGrant(work.tx, scope.accountId, mailboxId, grant);
    work.mailboxUpdated.add(mailboxId);
  });
}

export async function annotate(
  db: Queryable,
  scope: Scope,
  mailboxId: number | undefined,
  entries: ReadonlyMap<string, Buffer | undefined>,
): Promise<void> {
  await transaction(db, async (tx) => {
    await putAnnotations(tx, scope, mailboxId, entries);
    if ((await countAnnotations(tx, scope, mailboxId)) > MAX_ANNOTATIONS)
      throw new StoreError('limit', 'too many annotations');
  });
}
