import type { Form } from '@hongyan/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForm } from './read-form.ts';
import { READ_ALL, visibleForm, visibleValues, WRITE_ALL } from './rights.ts';

const form: Form = {
  groups: [
    {
      title: 'g',
      fields: [
        {
          key: 'kind',
          type: 'radio',
          label: '类型',
          required: true,
          choices: [
            { value: 'mail', label: '邮箱' },
            { value: 'site', label: '网站' },
          ],
        },
        { key: 'phone', type: 'phone', label: '电话', required: true },
        {
          key: 'site',
          type: 'text',
          label: '站点',
          required: true,
          showWhen: { field: 'kind', in: ['site'] },
        },
        {
          key: 'rows',
          type: 'rows',
          label: '邮箱',
          required: true,
          maxItems: 3,
          showWhen: { field: 'kind', in: ['mail'] },
          fields: [
            { key: 'name', type: 'mailbox_name', label: '名称', required: true },
            { key: 'password', type: 'secret', label: '密码', required: true },
          ],
        },
      ],
    },
  ],
};
const good = { kind: 'mail', phone: '13800000000', rows: [{ name: 'jwc', password: 'x' }] };
const codes = (problems: { field: string; code: string }[]) =>
  Object.fromEntries(problems.map(({ field, code }) => [field, code]));

describe('readForm', () => {
  it('[HALL-8] takes what fits and drops what does not belong to the choice', () => {
    expect(readForm(form, WRITE_ALL, { ...good, site: 'x' }, {})).toEqual({ values: good, problems: [] });
  });

  it('[HALL-8] names each field that is wrong, down to the column', () => {
    const { problems } = readForm(
      form,
      WRITE_ALL,
      { kind: 'mail', phone: '', rows: [{ name: 'a', password: 'x' }, { name: ' ' }], x: 1 },
      {},
    );
    expect(codes(problems)).toEqual({
      phone: 'common.required',
      'rows.1.name': 'common.required',
      'rows.1.password': 'common.required',
      x: 'common.unknown_field',
    });
  });

  it('[HALL-8] wants only the fields of the chosen kind', () => {
    expect(codes(readForm(form, WRITE_ALL, { kind: 'site', phone: '13800000000' }, {}).problems)).toEqual({
      site: 'common.required',
    });
  });

  it('[HALL-7] keeps what a step may not write, whatever is sent', () => {
    const rights = { rest: 'read' as const, fields: { 'rows.name': 'write' as const } };
    const sent = { kind: 'site', phone: '1', rows: [{ name: 'new', password: 'stolen' }] };
    expect(readForm(form, rights, sent, good).values).toEqual({
      ...good,
      rows: [{ name: 'new', password: 'x' }],
    });
    const more = { rows: [...sent.rows, { name: 'b', password: 'c' }] };
    expect(readForm(form, rights, more, good).values).toEqual(good);
  });

  it('[HALL-7] shows nothing of a hidden field or column', () => {
    const rights = {
      rest: 'read' as const,
      fields: { phone: 'hidden' as const, 'rows.password': 'hidden' as const },
    };
    expect(visibleValues(form, rights, good)).toEqual({ kind: 'mail', rows: [{ name: 'jwc' }] });
    expect(JSON.stringify(visibleForm(form, rights))).not.toContain('password');
    expect(visibleValues(form, READ_ALL, good)).toEqual(good);
  });

  it('never throws and never lets a wrong value through, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('kind', 'phone', 'site', 'rows', '__proto__', 'constructor', 'y'),
          fc.jsonValue(),
        ),
        (sent) => {
          const { values, problems } = readForm(form, WRITE_ALL, sent, {});
          if (problems.length > 0) return;
          expect(['mail', 'site']).toContain(values['kind']);
          expect(typeof values['phone']).toBe('string');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
