import { ApiError } from '../../kit/api.ts';
import { fieldPath } from './values.ts';

/** What the server found wrong, by the path of the field. */
export const problemsOf = (error: unknown): ReadonlyMap<string, string> =>
  error instanceof ApiError
    ? new Map(error.fields.map((problem) => [fieldPath(problem.field), problem.message]))
    : new Map();
