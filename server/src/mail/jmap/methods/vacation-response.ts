import type { VacationRule } from '@hongyan/contract';
import { AppError } from '../../../kit/errors/index.ts';
import { accountOf, type Context, type JmapAccount, type Method, VACATION } from '../context.ts';
import { invalidProperties, MethodError, SetFailure } from '../errors.ts';
import { pick, readIds, readProperties } from '../get.ts';
import { entriesOf, type Json, type JsonObject } from '../json.ts';
import { attempt, newSetResult, readSet, setAnswer } from '../set.ts';

const KNOWN = new Set(['id', 'isEnabled', 'fromDate', 'toDate', 'subject', 'textBody', 'htmlBody']);
const ID = 'singleton';

/** The same rule that the settings page shows. */
function present(rule: VacationRule): JsonObject {
  const orNull = (text: string | undefined) => (text === undefined || text === '' ? null : text);
  return {
    id: ID,
    isEnabled: rule.enabled,
    fromDate: rule.from ?? null,
    toDate: rule.until ?? null,
    subject: orNull(rule.subject),
    textBody: orNull(rule.text),
    htmlBody: orNull(rule.html),
  };
}

function ruleOf(context: Context, account: JmapAccount) {
  return context.deps.filters.personal.find(context.deps.db, account.scope.accountId);
}

/** VacationResponse/get (RFC 8621 §8.1): one object an account. */
export const vacationGet: Method = {
  name: 'VacationResponse/get',
  capability: VACATION,
  async run(context, args) {
    const account = accountOf(context, args);
    const ids = readIds(args);
    const properties = readProperties(args, KNOWN);
    const { rules, version } = await ruleOf(context, account);
    return {
      accountId: account.id,
      state: String(version),
      list:
        !ids || ids.includes(ID) ? [pick(present(rules.vacation) as Record<string, Json>, properties)] : [],
      notFound: (ids ?? []).filter((id) => id !== ID),
    };
  },
};

/** VacationResponse/set (RFC 8621 §8.2): the singleton is changed, never made nor removed. */
export const vacationSet: Method = {
  name: 'VacationResponse/set',
  capability: VACATION,
  async run(context, args) {
    const account = accountOf(context, args);
    if (!account.mail.canSend) throw new MethodError('accountReadOnly');
    const request = readSet(args);
    const before = await ruleOf(context, account);
    if (request.ifInState !== undefined && request.ifInState !== String(before.version))
      throw new MethodError('stateMismatch');
    const result = newSetResult();
    for (const [key] of request.create) result.notCreated.set(key, { type: 'singleton' });
    for (const id of request.destroy)
      result.notDestroyed.set(id, { type: id === ID ? 'singleton' : 'notFound' });
    let state = before.version;
    for (const [id, patch] of request.update) {
      await attempt(result.notUpdated, id, async () => {
        if (id !== ID) throw new SetFailure('notFound');
        state = await change(context, account, patch, before);
        result.updated.set(id, null);
      });
    }
    return setAnswer(account.id, String(before.version), String(state), result);
  },
};

async function change(
  context: Context,
  account: JmapAccount,
  patch: JsonObject,
  before: Awaited<ReturnType<typeof ruleOf>>,
): Promise<number> {
  const vacation = patched(before.rules.vacation, patch);
  try {
    return await context.deps.filters.personal.change(
      context.deps.db,
      account.scope.accountId,
      { version: before.version, vacation },
      { emptyReply: true },
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'mail_filter.rules_changed')
      throw new MethodError('stateMismatch');
    if (error instanceof AppError && error.code === 'mail_filter.vacation_dates')
      throw invalidProperties(['fromDate', 'toDate'], 'toDate must be later than fromDate');
    throw error;
  }
}

const MAX_TEXT = { subject: 200, textBody: 10_000, htmlBody: 50_000 } as const;

function patched(before: VacationRule, patch: JsonObject): VacationRule {
  const rule: VacationRule = { ...before };
  for (const [name, value] of entriesOf(patch)) {
    if (name === 'isEnabled' && typeof value === 'boolean') rule.enabled = value;
    else if (name === 'fromDate') setDate(rule, 'from', name, value);
    else if (name === 'toDate') setDate(rule, 'until', name, value);
    else if (name === 'subject' || name === 'textBody' || name === 'htmlBody') setText(rule, name, value);
    else if (name !== 'id' || value !== ID) throw invalidProperties([name], `${name} cannot have this value`);
  }
  return rule;
}

function setDate(rule: VacationRule, key: 'from' | 'until', name: string, value: Json): void {
  if (value === null) delete rule[key];
  else if (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
    rule[key] = value;
  else throw invalidProperties([name], `${name} must be a UTCDate or null`);
}

function setText(rule: VacationRule, name: keyof typeof MAX_TEXT, value: Json): void {
  if (value !== null && (typeof value !== 'string' || value.length > MAX_TEXT[name] || value.includes('\0')))
    throw invalidProperties(
      [name],
      `${name} must be a text of at most ${MAX_TEXT[name]} characters, or null`,
    );
  const text = value ?? '';
  if (name === 'subject') rule.subject = text;
  else if (name === 'textBody') rule.text = text;
  else if (text === '') delete rule.html;
  else rule.html = text;
}
