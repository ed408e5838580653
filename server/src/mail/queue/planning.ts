import type { Queryable } from '../../kit/db/index.ts';
import type { LocalMessage, LocalPlan, LocalRules } from './local-plan.ts';
import type { EnvelopeRecipient, Transfer } from './types.ts';

export interface Refusal {
  code: number;
  status: string;
  text: string;
}

/**
 * Asks the rules of each local mailbox what becomes of a message that is about to be accepted. Where the only recipient
 * refuses, the sender hears it before our 250; one of several keeps the message, since the others have it already.
 */
export async function withPlans(
  db: Queryable,
  rules: LocalRules,
  transfer: Transfer,
): Promise<{ transfer: Transfer } | { refusal: Refusal }> {
  if (transfer.deferLocal || transfer.notBefore) return { transfer };
  const message = messageOf(transfer);
  const asked = new Set<number>();
  const recipients: EnvelopeRecipient[] = [];
  for (const recipient of transfer.recipients) {
    const { accountId, address, shared } = recipient;
    // Two addresses of one mailbox: its rules run once, as it gets the message once.
    if (accountId === undefined || recipient.plan || asked.has(accountId)) {
      recipients.push(recipient);
      continue;
    }
    asked.add(accountId);
    const plan = await rules.plan(db, message, { accountId, address, shared });
    if (plan?.refuse && transfer.recipients.length === 1) return { refusal: plan.refuse };
    recipients.push(plan ? { ...recipient, plan: plan.refuse ? kept(plan) : plan } : recipient);
  }
  return { transfer: { ...transfer, recipients } };
}

/** The same for a message that we have accepted already: a refusal can only be mailed, or the message is kept. */
export async function planLate(
  db: Queryable,
  rules: LocalRules,
  transfer: Transfer,
): Promise<LocalPlan | undefined> {
  const [recipient] = transfer.recipients;
  if (recipient?.accountId === undefined) return undefined;
  const { accountId, address, shared } = recipient;
  const plan = await rules.plan(db, messageOf(transfer), { accountId, address, shared });
  return plan?.refuse ? kept(plan) : plan;
}

function messageOf(transfer: Transfer): LocalMessage {
  return {
    ref: transfer.ref,
    origin: transfer.origin,
    sender: transfer.sender,
    body: transfer.body,
    header: transfer.header ?? Buffer.alloc(0),
    junk: transfer.junk ?? false,
    authenticated: transfer.authenticated ?? false,
    remote: transfer.remote,
    helo: transfer.helo,
    orcpt: transfer.recipients.length === 1 ? transfer.recipients[0]?.orcpt : undefined,
  };
}

/**
 * A refusal that cannot be told before 250: the plan's own rejection (in `outgoing`, composed where the sender's domain
 * is proven) goes out; without one the message is kept, for a forged sender must not be bothered and nothing may be lost.
 */
function kept(plan: LocalPlan): LocalPlan {
  if (plan.outgoing.length > 0) return plan;
  return { ...plan, placements: plan.placements.length > 0 ? plan.placements : [{ flags: 0, keywords: [] }] };
}
