import type { Problem } from '@hongyan/contract';
import { language } from './texts.ts';

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** What the server said no to, in the reader's language. `status` 0: no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.code = problem.code;
    const one = problem.field ? [{ field: problem.field, code: problem.code, message: problem.message }] : [];
    this.fields = problem.fields ?? one;
  }
}

export type QueryValue = string | number | boolean | undefined;
export type Query = Record<string, QueryValue>;

function address(path: string, query?: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const search = params.toString();
  return `/api/v1${path}${search ? `?${search}` : ''}`;
}

const noAnswer: Record<string, string> = {
  'zh-CN': '连接不上服务器，请检查网络后重试',
  en: 'The server cannot be reached. Check the network and try again.',
};
const badAnswer: Record<string, string> = {
  'zh-CN': '服务器暂时无法处理，请稍后重试',
  en: 'The server cannot handle this right now. Please try again later.',
};

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: Problem = await response.json();
    if (typeof body.message === 'string') return body;
  } catch {
    // A proxy's error page: fall through to the general sentence.
  }
  return { code: `http_${response.status}`, message: badAnswer[language()] ?? '' };
}

/** One request with the session's cookie; `path` begins behind /api/v1. */
export async function call<T>(
  method: string,
  path: string,
  options: { query?: Query; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': language() });
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: options.signal ?? null };
  if (options.body instanceof FormData) init.body = options.body;
  else if (options.body !== undefined) {
    headers.set('Content-Type', 'application/json');
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, { code: 'no_answer', message: noAnswer[language()] ?? '' });
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  if (response.status === 204) return JSON.parse('null');
  return response.json();
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path, { ...(query && { query }), ...(signal && { signal }) }),
  post: <T>(path: string, body?: unknown) => call<T>('POST', path, { body }),
  put: <T>(path: string, body?: unknown) => call<T>('PUT', path, { body }),
  patch: <T>(path: string, body?: unknown) => call<T>('PATCH', path, { body }),
  delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
};

export interface Page<T> {
  items: T[];
  next?: string;
  total?: number;
}

/** A list, whether it comes as a page or bare. */
export async function list<T>(path: string, query?: Query): Promise<Page<T>> {
  const answer = await api.get<T[] | Page<T>>(path, query);
  return Array.isArray(answer) ? { items: answer } : answer;
}

export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : (badAnswer[language()] ?? '');
}
