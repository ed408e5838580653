import type { FieldRights, Form } from '@hongyan/contract';
import { describe, expect, it } from 'vitest';
import { fieldPath, paddedRows, shownGroups, splitForm, toSend, withoutSecrets } from './values.ts';

const form: Form = {
  groups: [
    {
      title: 'a',
      fields: [
        {
          key: 'kind',
          type: 'radio',
          label: 'kind',
          required: true,
          choices: [{ value: 'mailbox', label: 'mailbox' }],
        },
        {
          key: 'mailboxes',
          type: 'rows',
          label: 'mailboxes',
          required: true,
          showWhen: { field: 'kind', in: ['mailbox'] },
          fields: [
            { key: 'name', type: 'mailbox_name', label: 'name', required: true },
            { key: 'password', type: 'secret', label: 'password', required: true },
          ],
        },
        { key: 'expires', type: 'date', label: 'expires' },
      ],
    },
  ],
};
const rights: FieldRights = { rest: 'read', fields: { expires: 'write', kind: 'hidden' } };
const filled = {
  kind: 'mailbox',
  mailboxes: [{ name: 'jwc', password: 'Geheim-2026!' }],
  expires: '2027-01-01',
};

describe('the values of a form', () => {
  it('[HALL-8] show fields only while the choice that they hang on is made', () => {
    const keys = (kind: string) =>
      shownGroups(form, { kind }, undefined).flatMap((group) => group.fields.map((field) => field.key));
    expect(keys('mailbox')).toContain('mailboxes');
    expect(keys('site')).not.toContain('mailboxes');
  });

  it('[HALL-8] lose their secrets before they become a draft', () => {
    expect(JSON.stringify(withoutSecrets(form, filled))).not.toContain('Geheim');
    expect(withoutSecrets(form, filled).mailboxes).toEqual([{ name: 'jwc' }]);
  });

  it('[HALL-8] leave nothing behind of a choice that was changed', () => {
    expect(toSend(form, { ...filled, kind: 'site' }, undefined)).toEqual({
      kind: 'site',
      expires: '2027-01-01',
    });
  });

  it('[HALL-7] send only what a step may write', () => {
    expect(toSend(form, filled, rights)).toEqual({ expires: '2027-01-01' });
  });

  it('[HALL-7] split into what is to be filled in and the rest', () => {
    const { write, read } = splitForm(form, rights);
    expect(write.groups[0]?.fields.map((field) => field.key)).toEqual(['expires']);
    expect(read.groups[0]?.fields.map((field) => field.key)).toEqual(['kind', 'mailboxes']);
  });

  it('[HALL-8] offer the first row of required rows at once', () => {
    const rows = form.groups[0]?.fields[1];
    expect(rows && paddedRows(rows, undefined)).toEqual([{}]);
  });

  it.each([
    ['/mailboxes/0/name', 'mailboxes.0.name'],
    ['mailboxes[0].name', 'mailboxes.0.name'],
    ['values.reason', 'reason'],
    ['reason', 'reason'],
  ])('finds the field of the error path %s', (given, path) => {
    expect(fieldPath(given)).toBe(path);
  });
});
