import { isDatabaseUnavailable } from '../../kit/db/index.ts';
import {
  accountsOf,
  CORE,
  type Context,
  type JmapDeps,
  MAIL,
  SIEVE,
  SUBMISSION,
  VACATION,
} from './context.ts';
import { MethodError, RequestError } from './errors.ts';
import { isObject, type Json, type JsonObject, readArguments } from './json.ts';
import { CORE_LIMITS } from './limits.ts';
import { type MethodResponse, resolveReferences } from './references.ts';
import { findMethod } from './registry.ts';

const CAPABILITIES = new Set([CORE, MAIL, SUBMISSION, VACATION, SIEVE]);

interface Call {
  name: string;
  args: JsonObject;
  id: string;
}

/** Processes a Request object (RFC 8620 §3.3) and gives the Response object without its sessionState. */
export async function processRequest(
  deps: JmapDeps,
  person: { id: number; remoteAddress: string },
  body: unknown,
): Promise<JsonObject> {
  const { using, calls, createdIds } = readRequest(body);
  const context: Context = {
    deps,
    personId: person.id,
    remoteAddress: person.remoteAddress,
    accounts: await accountsOf(deps, person.id),
    using: new Set(using),
    created: new Map(createdIds),
  };
  const responses: MethodResponse[] = [];
  // One after another, since a call may refer to what came before (§3.10).
  for (const call of calls) responses.push(...(await runCall(context, call, responses)));
  return {
    methodResponses: responses.map((response) => [response.name, response.args, response.callId]),
    ...(createdIds ? { createdIds: Object.fromEntries(context.created) } : {}),
  };
}

async function runCall(
  context: Context,
  call: Call,
  before: readonly MethodResponse[],
): Promise<MethodResponse[]> {
  try {
    const method = findMethod(call.name);
    if (!method || !context.using.has(method.capability)) throw new MethodError('unknownMethod');
    const result = await method.run(context, readArguments(resolveReferences(call.args, before)));
    if (!isAnswerList(result)) return [{ name: call.name, args: result, callId: call.id }];
    return result.responses.map(({ name, args }) => ({ name, args, callId: call.id }));
  } catch (error) {
    return [{ name: 'error', args: errorOf(context, call, error), callId: call.id }];
  }
}

function isAnswerList(result: object): result is { responses: { name: string; args: JsonObject }[] } {
  return 'responses' in result && Object.keys(result).length === 1;
}

function errorOf(context: Context, call: Call, error: unknown): JsonObject {
  if (error instanceof MethodError) return { type: error.type, description: error.message, ...error.extra };
  if (isDatabaseUnavailable(error)) return { type: 'serverUnavailable' };
  context.deps.log.error({ err: error, method: call.name }, 'JMAP method failed');
  return { type: 'serverFail', description: 'Something went wrong' };
}

function readRequest(body: unknown): {
  using: string[];
  calls: Call[];
  createdIds: Map<string, string> | undefined;
} {
  if (!isObject(body)) throw new RequestError('notRequest', 'The request must be an object');
  const { using, methodCalls, createdIds } = body;
  if (!Array.isArray(using) || !Array.isArray(methodCalls)) {
    throw new RequestError('notRequest', 'using and methodCalls must be lists');
  }
  for (const capability of using) {
    if (typeof capability !== 'string') throw new RequestError('notRequest', 'using must hold strings');
    if (!CAPABILITIES.has(capability))
      throw new RequestError('unknownCapability', `Unknown capability ${capability}`);
  }
  if (methodCalls.length > CORE_LIMITS.maxCallsInRequest) {
    throw new RequestError('limit', 'Too many method calls', 'maxCallsInRequest');
  }
  return {
    using: using.filter((capability) => typeof capability === 'string'),
    calls: methodCalls.map(readCall),
    createdIds: readCreatedIds(createdIds),
  };
}

function readCall(call: Json): Call {
  if (!Array.isArray(call) || call.length !== 3)
    throw new RequestError('notRequest', 'A call has three members');
  const [name, args, id] = call;
  if (typeof name !== 'string' || !isObject(args) || typeof id !== 'string') {
    throw new RequestError('notRequest', 'A call is [name, arguments, id]');
  }
  return { name, args, id };
}

function readCreatedIds(value: Json | undefined): Map<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new RequestError('notRequest', 'createdIds must be an object');
  const found = new Map<string, string>();
  for (const [key, id] of Object.entries(value)) {
    if (typeof id !== 'string') throw new RequestError('notRequest', 'createdIds must hold ids');
    found.set(key, id);
  }
  return found;
}
