/** Errors of one method call (RFC 8620 §3.6.2); the response is `["error", {type, …}, callId]`. */
export class MethodError extends Error {
  readonly type: string;
  readonly extra: Record<string, string | number | string[]>;

  constructor(type: string, description?: string, extra: Record<string, string | number | string[]> = {}) {
    super(description ?? type);
    this.name = 'MethodError';
    this.type = type;
    this.extra = extra;
  }
}

export function invalidArguments(description: string, names: string[] = []): MethodError {
  return new MethodError('invalidArguments', description, names.length > 0 ? { arguments: names } : {});
}

/** Why one object of a /set was not changed (RFC 8620 §5.3). */
export interface SetError {
  type: string;
  description?: string;
  properties?: string[];
  [more: string]: string | number | string[] | undefined;
}

/** Ends the change of one object; the others of the /set go on. */
export class SetFailure extends Error {
  readonly error: SetError;

  constructor(type: string, description?: string, more: Omit<SetError, 'type' | 'description'> = {}) {
    super(description ?? type);
    this.name = 'SetFailure';
    this.error = { type, ...(description === undefined ? {} : { description }), ...more };
  }
}

export function invalidProperties(properties: string[], description: string): SetFailure {
  return new SetFailure('invalidProperties', description, { properties });
}

/** The whole request cannot be processed (RFC 8620 §3.6.1): a problem document. */
export class RequestError extends Error {
  readonly type: string;
  readonly status: number;
  readonly limit: string | undefined;

  constructor(
    type: 'notJSON' | 'notRequest' | 'unknownCapability' | 'limit',
    detail: string,
    limit?: string,
  ) {
    super(detail);
    this.name = 'RequestError';
    this.type = `urn:ietf:params:jmap:error:${type}`;
    this.status = 400;
    this.limit = limit;
  }
}
