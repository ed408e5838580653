/**
 * Typed errors with a stable code, an HTTP status and a text per language.
 * Each module defines its own in `<module>.errors.ts`; detail for engineers goes into `cause` and the log only.
 */
export type Locale = 'zh-CN' | 'en';
export type Params = Record<string, string | number>;

export interface ErrorEntry {
  status: number;
  zh: string;
  en: string;
}

/** One wrong field of a request: `field` is the JSON path as the form knows it, e.g. `name` or `rows[2].name`. */
export interface FieldProblem {
  field: string;
  code: string;
  params?: Params;
}

const catalogue = new Map<string, ErrorEntry>();

export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Params;
  /** The offending field, if one is to blame. */
  readonly field: string | undefined;
  readonly fields: FieldProblem[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    code: string,
    options: {
      params?: Params;
      field?: string;
      fields?: FieldProblem[];
      retryAfter?: number;
      cause?: unknown;
    } = {},
  ) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = catalogue.get(code)?.status ?? 500;
    this.params = options.params ?? {};
    this.field = options.field;
    this.fields = options.fields ?? [];
    this.retryAfter = options.retryAfter;
  }
}

type Options = Omit<NonNullable<ConstructorParameters<typeof AppError>[1]>, 'params'>;
type Factories<T> = {
  [K in keyof T]: ((params?: Params, options?: Options) => AppError) & { code: string };
};

/** Registers a module's errors and returns one factory per code: `throw errors.name_taken({ name }, { field: 'name' })`. */
export function defineErrors<const T extends Record<string, ErrorEntry>>(
  module: string,
  entries: T,
): Factories<T> {
  const factories: Partial<Factories<T>> = {};
  for (const key of Object.keys(entries) as (keyof T & string)[]) {
    const code = `${module}.${key}`;
    const entry = entries[key];
    if (!entry) continue;
    catalogue.set(code, entry);
    factories[key] = Object.assign(
      (params: Params = {}, options: Options = {}) => new AppError(code, { ...options, params }),
      { code },
    );
  }
  return factories as Factories<T>;
}

/** The text of an error code in a language, with `{name}` placeholders filled; the code itself when unknown. */
export function errorText(code: string, locale: Locale, params: Params = {}): string {
  const entry = catalogue.get(code);
  if (!entry) return code;
  return fill(locale === 'en' ? entry.en : entry.zh, params);
}

/** Every registered code, for the OpenAPI document and the test that both languages are complete. */
export function allErrors(): ReadonlyMap<string, ErrorEntry> {
  return catalogue;
}

/** Replaces `{key}` by the parameter of that name; an unknown placeholder stays as it is. */
export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) =>
    Object.hasOwn(params, key) ? String(params[key]) : whole,
  );
}

/** Errors that any module may raise. */
export const commonErrors = defineErrors('common', {
  not_signed_in: { status: 401, zh: '请先登录', en: 'Please sign in first' },
  forbidden: { status: 403, zh: '您没有权限', en: 'You do not have permission' },
  not_found: { status: 404, zh: '找不到您要的内容', en: 'Not found' },
  invalid: { status: 400, zh: '提交的内容有误，请检查标出的项目', en: 'Please check the marked fields' },
  required: { status: 400, zh: '本字段为必填项', en: 'This field is required' },
  wrong_type: { status: 400, zh: '“{field}”的格式不正确', en: '“{field}” has the wrong format' },
  too_long: {
    status: 400,
    zh: '“{field}”不能超过 {limit} 个字符',
    en: '“{field}” may have at most {limit} characters',
  },
  too_short: {
    status: 400,
    zh: '“{field}”至少需要 {limit} 个字符',
    en: '“{field}” needs at least {limit} characters',
  },
  too_many: { status: 400, zh: '“{field}”最多 {limit} 项', en: '“{field}” may have at most {limit} entries' },
  too_few: {
    status: 400,
    zh: '“{field}”至少需要 {limit} 项',
    en: '“{field}” needs at least {limit} entries',
  },
  out_of_range: { status: 400, zh: '“{field}”超出允许的范围', en: '“{field}” is out of range' },
  not_allowed_value: { status: 400, zh: '“{field}”不是可选的值', en: '“{field}” is not one of the choices' },
  unknown_field: { status: 400, zh: '不认识的字段“{field}”', en: 'Unknown field “{field}”' },
  bad_json: { status: 400, zh: '请求内容无法识别', en: 'The request could not be read' },
  too_large: { status: 413, zh: '提交的内容太大', en: 'The request is too large' },
  unsupported_media: { status: 415, zh: '不支持的内容类型', en: 'Unsupported content type' },
  too_many_requests: {
    status: 429,
    zh: '操作过于频繁，请稍后再试',
    en: 'Too many requests, please try again later',
  },
  bad_origin: { status: 403, zh: '请求来源不正确', en: 'The request comes from a wrong origin' },
  conflict: {
    status: 409,
    zh: '内容已被他人更改，请刷新后重试',
    en: 'Somebody else changed this; reload and try again',
  },
  unavailable: {
    status: 503,
    zh: '服务暂时不可用，请稍后再试',
    en: 'Temporarily unavailable, please try again',
  },
  internal: {
    status: 500,
    zh: '系统出错了，请稍后再试（编号 {ref}）',
    en: 'Something went wrong (reference {ref})',
  },
});
