import type { Problem } from '@hongyan/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  parameters: { name: string; in: string; schema: Schema; required?: boolean }[];
  body: Schema | undefined;
}
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  const?: unknown;
  maxLength?: number;
  maximum?: number;
}
interface Document {
  paths: Record<
    string,
    Record<
      string,
      { parameters?: Operation['parameters']; requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >;
}

let test: TestApp;
let operations: Operation[];
let people: Person[];

beforeAll(async () => {
  test = await startApp();
  const document = (await test.stranger.get<Document>('/api/../openapi.json')).raw;
  const parsed: Document =
    document.statusCode === 200 ? document.json() : (await test.app.http.inject('/openapi.json')).json();
  operations = Object.entries(parsed.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method as Operation['method'],
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content['application/json']?.schema,
    })),
  );
  people = [await test.as('admin'), await test.as('zhangwei'), test.stranger];
});
afterAll(() => test?.close());

const HOSTILE = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  "'; drop table x; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00',
  '{{7*7}}',
  '__proto__',
  'constructor',
  '\ud800',
  '𠮷'.repeat(50),
  'x'.repeat(5_000),
  '９９９',
  '-1',
  '0',
  '1e309',
  '9999999999999999999',
  'NaN',
  'null',
  'true',
  '2026-02-31',
  '0000-00-00',
  '00000000-0000-0000-0000-000000000000',
  '鸿雁',
  '\u202e',
  '*',
  '%',
  '_',
  '\\',
];

/** Something that may or may not fit a schema: often nearly right, often not at all. */
function near(schema: Schema | undefined): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.constantFrom<unknown>(...HOSTILE),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant([]),
    fc.jsonValue({ maxDepth: 2 }),
  );
  if (!schema) return wild;
  const fitting = ((): fc.Arbitrary<unknown> => {
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map(near));
    if (schema.const !== undefined) return fc.constant(schema.const);
    switch (schema.type) {
      case 'object':
        return fc.record(
          Object.fromEntries(
            Object.entries(schema.properties ?? {}).map(([key, value]) => [key, near(value)]),
          ),
          { requiredKeys: [] },
        );
      case 'array':
        return fc.array(near(schema.items), { maxLength: 4 });
      case 'integer':
      case 'number':
        return fc.oneof(
          fc.integer({ min: 0, max: 300 }),
          fc.constant(schema.maximum ?? 9_007_199_254_740_991),
        );
      case 'boolean':
        return fc.boolean();
      case 'string':
        return fc.oneof(
          fc.constantFrom(...HOSTILE),
          fc.string(),
          fc.constant('x'.repeat((schema.maxLength ?? 300) + 1)),
          fc.uuid(),
        );
      default:
        return wild;
    }
  })();
  return fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: wild });
}

const parameter = fc.oneof(
  fc.constantFrom(...HOSTILE.map(String)),
  fc.integer().map(String),
  fc.uuid(),
  fc.string(),
);

describe('every route, with whatever is sent', () => {
  it('documents the API in OpenAPI 3.1', async () => {
    const document = (await test.app.http.inject('/openapi.json')).json<{ openapi: string }>();
    expect(document.openapi).toBe('3.1.0');
    expect(operations.length).toBeGreaterThan(60);
  });

  it('never answers 500, and a refusal names its code and, for bad input, the field', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ...operations.filter(
            (operation) =>
              !operation.path.includes('/events') &&
              !(operation.method === 'delete' && operation.path.endsWith('/session')),
          ),
        ),
        fc.constantFrom(0, 0, 1, 2),
        fc.infiniteStream(parameter),
        fc.gen(),
        async (operation, who, stream, gen) => {
          const person = people[who];
          if (!person) return;
          const next = () => String(stream.next().value);
          let path = operation.path.replace('/api/v1', '');
          path = path.replace(
            /\{(\w+)\}/g,
            () => encodeURIComponent(next().replace(/[\ud800-\udfff]/g, '')) || 'x',
          );
          const query = operation.parameters
            .filter((entry) => entry.in === 'query')
            .map((entry) => `${entry.name}=${encodeURIComponent(next().replace(/[\ud800-\udfff]/g, ''))}`);
          const url = query.length > 0 ? `${path}?${query.join('&')}` : path;
          const body = operation.body ? gen(near, operation.body) : undefined;
          const answer = await person[operation.method]<Problem>(url, body);
          const told = `${operation.method} ${url} ${JSON.stringify(body)?.slice(0, 500)} → ${answer.status} ${answer.raw.body.slice(0, 300)}`;
          expect(answer.status, told).toBeLessThan(500);
          if (answer.status < 400) return;
          expect(answer.body.code, told).toMatch(/^[a-z_]+\.[a-z_]+$/);
          expect(answer.body.message, told).toMatch(/[\u4e00-\u9fff]/);
          if (answer.body.code === 'common.invalid')
            expect(answer.body.fields?.length, told).toBeGreaterThan(0);
        },
      ),
      { numRuns: Number(process.env['HOSTILE_RUNS'] ?? 1_500) },
    );
  });

  it('answers 401 to a stranger on every route but the public ones', async () => {
    const open = new Set([
      'get /api/v1/site',
      'post /api/v1/setup',
      'get /api/v1/captcha',
      'post /api/v1/session',
      'get /api/v1/password-policy',
      'post /api/v1/password-check',
      // The signed links of a daily list: without the right key they tell nothing.
      'get /api/v1/quarantine/{id}/{key}',
      'get /api/v1/quarantine/{id}/{key}/release',
    ]);
    for (const operation of operations) {
      if (open.has(`${operation.method} ${operation.path}`)) continue;
      const path = operation.path
        .replace('/api/v1', '')
        .replace(/\{(\w+)\}/g, (_, name: string) =>
          name === 'key'
            ? 'info-service'
            : name === 'act'
              ? 'disable'
              : name === 'name' || name === 'alias'
                ? 'abc'
                : /cases|tasks|attachments|failed|sessions/.test(operation.path)
                  ? '00000000-0000-7000-8000-000000000000'
                  : '1',
        );
      const query = operation.parameters.some((entry) => entry.name === 'box') ? '?box=todo' : '';
      const sample = operation.body ? {} : undefined;
      const answer = await test.stranger[operation.method]<Problem>(path + query, sample);
      // Bad input may be refused before the person is asked for; nothing else may come back.
      expect([400, 401], `${operation.method} ${path}: ${answer.raw.body}`).toContain(answer.status);
      if (!operation.body) expect(answer.status, `${operation.method} ${path}`).toBe(401);
    }
  });
});
