import type { Problem } from '@hongyan/contract';
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { newId } from '../crypto/index.ts';
import { isDatabaseUnavailable } from '../db/index.ts';
import { AppError, commonErrors, errorText, type FieldProblem, type Locale } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';

/** Turns any thrown value into the one error shape of the API, in the reader's language. */
export function createErrorHandler(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const known = asAppError(error);
    if (known.status >= 500) {
      const ref = newId().slice(-12);
      log.error(
        { err: error, ref, method: request.method, path: request.routeOptions.url },
        'request failed',
      );
      known.params['ref'] = ref;
    }
    if (known.retryAfter !== undefined) void reply.header('retry-after', String(known.retryAfter));
    void reply
      .status(known.status)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(presentProblem(known, request.locale)));
  };
}

export function presentProblem(error: AppError, locale: Locale): Problem {
  const fields = error.fields.map(({ field, code, params }) => ({
    field,
    code,
    message: errorText(code, locale, { field, ...params }),
  }));
  if (error.field !== undefined && fields.length === 0) {
    fields.push({
      field: error.field,
      code: error.code,
      message: errorText(error.code, locale, error.params),
    });
  }
  const first = fields[0];
  return {
    code: error.code,
    message: errorText(error.code, locale, error.params),
    ...(first ? { field: first.field, fields } : {}),
    ...(error.params['ref'] === undefined ? {} : { ref: String(error.params['ref']) }),
  };
}

function asAppError(error: FastifyError): AppError {
  if (error instanceof AppError) return error;
  if (error.validation)
    return commonErrors.invalid({}, { fields: error.validation.map((item) => fieldProblem(item)) });
  if (isDatabaseUnavailable(error)) return commonErrors.unavailable({}, { cause: error, retryAfter: 5 });
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return commonErrors.too_large();
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return commonErrors.unsupported_media();
    default:
  }
  if (error.statusCode === 429) return commonErrors.too_many_requests({}, { retryAfter: 30 });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return commonErrors.bad_json();
  return commonErrors.internal({}, { cause: error });
}

/** Ajv's finding as a field and a code of ours; `rows/2/name` becomes `rows[2].name`. */
export function fieldProblem(item: FastifySchemaValidationError): FieldProblem {
  const path = toPath(item.instancePath);
  const params: Record<string, unknown> = item.params;
  const join = (name: unknown) => (path === '' ? String(name) : `${path}.${String(name)}`);
  const limit = typeof params['limit'] === 'number' ? params['limit'] : 0;
  const field = path === '' ? 'body' : path;
  switch (item.keyword) {
    case 'required':
      return { field: join(params['missingProperty']), code: commonErrors.required.code };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return {
        field: join(params['additionalProperty'] ?? params['unevaluatedProperty']),
        code: commonErrors.unknown_field.code,
      };
    case 'maxLength':
      return { field, code: commonErrors.too_long.code, params: { limit } };
    case 'minLength':
      return limit <= 1
        ? { field, code: commonErrors.required.code }
        : { field, code: commonErrors.too_short.code, params: { limit } };
    case 'maxItems':
      return { field, code: commonErrors.too_many.code, params: { limit } };
    case 'minItems':
      return { field, code: commonErrors.too_few.code, params: { limit } };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return { field, code: commonErrors.out_of_range.code };
    case 'enum':
    case 'const':
    case 'anyOf':
    case 'oneOf':
      return { field, code: commonErrors.not_allowed_value.code };
    case 'pattern':
      return { field, code: commonErrors.wrong_type.code };
    default:
      return { field, code: commonErrors.wrong_type.code };
  }
}

function toPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 60))
    .reduce(
      (path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`),
      '',
    );
}
