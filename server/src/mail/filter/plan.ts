import { createHash } from 'node:crypto';
import { isDatabaseUnavailable, type Queryable } from '../../kit/db/index.ts';
import { parseHeader } from '../protocol/mime/index.ts';
import {
  type Action,
  type DuplicateKey,
  type Outcome,
  runScripts,
  type SieveEnvironment,
} from '../protocol/sieve/index.ts';
import type { LocalMessage, LocalPlan, LocalRules } from '../queue/index.ts';
import type { RuleCache, Running } from './cache.ts';
import { note, type PlanContext, type PlanParts } from './context.ts';
import { claimTrouble, isDuplicateSeen, saveDuplicate } from './memory.store.ts';
import { editedBody, sieveMessage } from './message.ts';
import { planNotify } from './notice.ts';
import { createPlaces, readFlags, roleOf } from './placements.ts';
import { planRedirect } from './redirect.ts';
import { planReject } from './reject.ts';
import { planVacation } from './reply.ts';

/** Where the institution is: dates of scripts without a zone. */
const ZONE_MINUTES = 480;
const DAY_MS = 86_400_000;

/** Rules of mailboxes: runs the person's scripts and says what becomes of the message. */
export function createLocalRules(parts: PlanParts & { cache: RuleCache }): LocalRules {
  const { cache } = parts;
  return {
    async plan(db, message, recipient) {
      const running = await cache.running(db, recipient.accountId);
      if (!running) return undefined;
      try {
        return await planFor(parts, cache, running, { db, message, recipient });
      } catch (error) {
        // The database's trouble is everybody's and passes; ours must not keep mail away from its mailbox for days.
        if (isDatabaseUnavailable(error)) throw error;
        parts.log.error(
          { err: error, ref: message.ref, accountId: recipient.accountId },
          'rules of a mailbox failed',
        );
        const detail = 'the rules could not be run; the message is kept';
        return {
          placements: [{ flags: 0, keywords: [] }],
          outgoing: [],
          events: [{ event: 'rules_failed', detail }],
        };
      }
    },
  };
}

async function planFor(
  parts: PlanParts,
  cache: RuleCache,
  running: Running,
  given: { db: Queryable; message: LocalMessage; recipient: PlanContext['recipient'] },
): Promise<LocalPlan> {
  const { db, message, recipient } = given;
  const context = contextOf(parts, db, message, recipient);
  const outcome = await runScripts(
    running.scripts.map((one) => one.script),
    sieveMessage(parts.store, message, recipient.address),
    environmentOf(context, cache, running),
  );
  if (outcome.error) reportTrouble(context, outcome.error);
  for (const action of outcome.actions) await planAction(context, action);
  rememberDuplicates(context, outcome.duplicates);
  return finish(context, outcome);
}

function contextOf(
  parts: PlanParts,
  db: Queryable,
  message: LocalMessage,
  recipient: PlanContext['recipient'],
): PlanContext {
  return {
    parts,
    db,
    message,
    recipient,
    now: parts.clock.now(),
    fields: [...parseHeader(message.header), ...parseHeader(message.body.parsed.header)],
    places: createPlaces(parts.store, db, recipient.accountId),
    placements: [],
    outgoing: [],
    events: [],
    remember: [],
    edited: undefined,
    refuse: undefined,
    keepAfterAll: false,
  };
}

function environmentOf(context: PlanContext, cache: RuleCache, running: Running): SieveEnvironment {
  const { parts, db, message, recipient, now, places } = context;
  const items = new Map([
    ['name', 'Hongyan'],
    ['host', parts.hostname],
    ['domain', recipient.address.slice(recipient.address.lastIndexOf('@') + 1)],
    ['location', 'MDA'],
    ['phase', 'during'],
    ['vnd.hongyan.junk', message.junk ? 'yes' : 'no'],
    ...(message.remote === undefined ? [] : ([['remote-ip', message.remote]] as [string, string][])),
    ...(message.helo === undefined ? [] : ([['remote-host', message.helo]] as [string, string][])),
  ]);
  return {
    now,
    zoneMinutes: ZONE_MINUTES,
    items,
    // There are no scripts of the institution; `:optional` passes over them.
    script: async (location, name) =>
      location === 'global' ? undefined : cache.include(db, recipient.accountId, running, name),
    mailboxExists: async (name) => (await places.byName(name)) !== undefined,
    mailboxIdExists: async (id) => (await places.byId(id)) !== undefined,
    async specialUseExists(use, mailbox) {
      const role = roleOf(use);
      if (role === undefined) return false;
      if (mailbox === undefined) return (await places.byRole(role)) !== undefined;
      return (await places.byName(mailbox))?.role === role;
    },
    isDuplicate: (key) => isDuplicateSeen(db, recipient.accountId, duplicateKey(key), now),
  };
}

function duplicateKey({ handle, id }: DuplicateKey): Buffer {
  return createHash('sha256').update(`${handle}\0${id}`).digest();
}

function rememberDuplicates(context: PlanContext, keys: readonly DuplicateKey[]): void {
  const { recipient, now } = context;
  for (const key of keys) {
    const entry = {
      key: duplicateKey(key),
      expiresAt: new Date(now.getTime() + key.seconds * 1000),
      restart: key.last,
    };
    context.remember.push((tx) => saveDuplicate(tx, recipient.accountId, entry, now));
  }
}

/** The message is kept, the trace says why, and the owner hears of it once a day at most. */
function reportTrouble(context: PlanContext, error: NonNullable<Outcome['error']>): void {
  const { recipient, parts, now } = context;
  note(context, 'rules_failed', `line ${error.line}: ${error.message}`);
  context.remember.push(async (tx) => {
    const since = new Date(now.getTime() - DAY_MS);
    if (!(await claimTrouble(tx, recipient.accountId, now, since))) return;
    await parts.tell(tx, {
      accountId: recipient.accountId,
      template: 'mail_rules_failed',
      params: { line: error.line, message: error.message },
      key: `mail_rules_failed ${recipient.accountId} ${now.toISOString().slice(0, 13)}`,
    });
  });
}

async function planAction(context: PlanContext, action: Action): Promise<void> {
  switch (action.type) {
    case 'keep': {
      // A keep that somebody has written down means the inbox, also for what our checks call unwanted.
      const inbox = await context.places.inbox();
      context.placements.push({ ...(inbox ? { mailboxId: inbox.id } : {}), ...readFlags(action.flags) });
      context.edited = action.fields;
      return;
    }
    case 'fileinto': {
      const found = await context.places.find(action);
      const inbox = found ?? (await context.places.inbox());
      context.placements.push({ ...(inbox ? { mailboxId: inbox.id } : {}), ...readFlags(action.flags) });
      context.edited = action.fields;
      note(context, 'filed', found ? found.path : `there is no ${action.mailbox}, so into the inbox`);
      return;
    }
    case 'redirect':
      return planRedirect(context, action);
    case 'discard':
      return note(context, 'discarded', 'by the rules of the mailbox');
    case 'reject':
      return planReject(context, action);
    case 'vacation':
      return planVacation(context, action);
    case 'notify':
      return planNotify(context, action);
  }
}

async function finish(context: PlanContext, outcome: Outcome): Promise<LocalPlan> {
  const { parts, message, remember, refuse } = context;
  if (outcome.implicitKeep || (context.keepAfterAll && context.placements.length === 0)) {
    context.placements.push(readFlags(outcome.flags));
    context.edited = outcome.fields;
  }
  // Copies share one body: with several of them the last one's header holds.
  const body = context.edited ? await editedBody(parts.store, message, context.edited) : undefined;
  return {
    placements: context.placements,
    ...(body ? { body } : {}),
    outgoing: context.outgoing,
    ...(refuse ? { refuse } : {}),
    events: context.events,
    ...(remember.length > 0
      ? {
          async remember(tx) {
            for (const write of remember) await write(tx);
          },
        }
      : {}),
  };
}
