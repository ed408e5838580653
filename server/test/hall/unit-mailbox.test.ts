import type {
  Applied,
  CasePage,
  FailedAction,
  Message,
  Problem,
  TaskItem,
  TaskPage,
  UnitMailbox,
} from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let zhangwei: Person;
let zhaomin: Person;
let wangfang: Person;
let admin: Person;

beforeAll(async () => {
  test = await startApp();
  [zhangwei, zhaomin, wangfang, admin] = (await Promise.all(
    ['zhangwei', 'zhaomin', 'wangfang', 'admin'].map((name) => test.as(name)),
  )) as [Person, Person, Person, Person];
});
afterAll(() => test?.close());

const SECRET = 'Tushu-Guan#2026';
let counter = 0;
const key = () => `request-${++counter}-${Date.now()}`;

async function unitOf(person: Person): Promise<number> {
  return (await person.get<{ unit: { id: number } }>('/session')).body.unit.id;
}

async function form(name: string, more: Record<string, unknown> = {}) {
  return {
    unit: await unitOf(zhangwei),
    kind: 'mailbox',
    mailboxes: [{ name, password: SECRET }],
    ownerPhone: '13810000004',
    ownerEmail: 'zhangwei@beichen.test',
    headName: '赵敏',
    headPhone: '010-62750013',
    ...more,
  };
}

async function apply(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const answer = await zhangwei.post<Applied>('/hall/services/info-service/applications', {
    values: await form(name, more),
    requestKey: key(),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.caseId;
}

async function taskOf(person: Person, caseId: string): Promise<string> {
  const { body } = await person.get<{ items: TaskItem[] }>('/tasks?box=todo&limit=200');
  const item = body.items.find((candidate) => candidate.case.id === caseId);
  if (!item?.taskId) throw new Error('no task');
  return item.taskId;
}

async function agree(person: Person, caseId: string, more: Record<string, unknown> = {}) {
  return person.post<Problem>(`/tasks/${await taskOf(person, caseId)}/decision`, {
    action: 'approve',
    comment: '同意',
    ...more,
  });
}

const caseOf = async (caseId: string) => (await zhangwei.get<CasePage>(`/cases/${caseId}`)).body;

describe('a unit mailbox is applied for', () => {
  it('[HALL-8] exists after two approvals, with owner, members, expiry, and everybody is told', async () => {
    const me = (await test.as('chenjing')).get<{ id: number }>('/session');
    const caseId = await apply('tsg-fuwu', { members: [(await me).body.id] });
    const before = await caseOf(caseId);
    expect(before.case.current).toEqual(['部门负责人审批']);
    expect(before.progress.map((entry) => entry.state)).toEqual([
      'done',
      'current',
      'future',
      'future',
      'future',
    ]);
    expect(before.progress[1]?.people[0]?.person.name).toBe('赵敏');
    expect((await agree(zhaomin, caseId)).status).toBe(200);
    const page = (await wangfang.get<TaskPage>(`/tasks/${await taskOf(wangfang, caseId)}`)).body;
    expect(page.page.values['expires']).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect((await agree(wangfang, caseId)).status).toBe(200);
    await test.settle();
    const after = await caseOf(caseId);
    expect(after.case.state).toBe('approved');
    expect(after.results).toEqual([{ label: '部门邮箱', value: 'tsg-fuwu@beichen.test' }]);
    const mine = (await zhangwei.get<UnitMailbox[]>('/me/unit-mailboxes')).body.find((box) =>
      box.address.startsWith('tsg-fuwu@'),
    );
    expect(mine).toMatchObject({
      state: 'active',
      canManage: true,
      owner: { account: 'zhangwei' },
      members: [{ account: 'chenjing' }],
    });
    expect(mine?.expiresAt).toBeDefined();
    const messages = (await zhangwei.get<{ items: Message[] }>('/messages')).body.items;
    expect(messages.filter((message) => message.title.includes('tsg-fuwu@beichen.test'))).toHaveLength(1);
    expect(
      messages.filter((message) => message.kind === 'case_approved' && message.link === `/cases/${caseId}`),
    ).toHaveLength(1);
  });

  it('[HALL-8] keeps the initial password nowhere but as a hash, and shows it nowhere', async () => {
    const caseId = await apply('tsg-mima');
    await agree(zhaomin, caseId);
    await agree(wangfang, caseId);
    await test.settle();
    const { rows } = await test.database.pool.query<{ schema: string; name: string }>(
      "select table_schema as schema, table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    );
    for (const { schema, name } of rows) {
      const found = await test.database.pool.query(
        `select 1 from "${schema}"."${name}" t where t::text like '%' || $1 || '%'`,
        [SECRET],
      );
      expect(found.rowCount, `${schema}.${name}`).toBe(0);
    }
    for (const person of [zhangwei, wangfang, zhaomin]) {
      const answer = await person.get(`/cases/${caseId}`);
      expect(answer.raw.body).not.toContain(SECRET);
      expect(answer.raw.body).not.toContain('argon2');
    }
    const left = await test.database.pool.query('select 1 from identity.form_secret where case_id = $1', [
      caseId,
    ]);
    expect(left.rowCount).toBe(0);
  });

  it('[HALL-8] never lets a draft or a preview hold the password', async () => {
    const values = await form('tsg-draft');
    await zhangwei.put('/hall/services/info-service/draft', { values });
    const page = await zhangwei.get('/hall/services/info-service');
    expect(page.raw.body).toContain('tsg-draft');
    expect(page.raw.body).not.toContain(SECRET);
    const preview = await zhangwei.post('/hall/services/info-service/preview', { values });
    expect(preview.status).toBe(200);
    expect(preview.raw.body).not.toContain(SECRET);
  });

  it('[HALL-8] checks the password by the policy and the name live, naming the row', async () => {
    const values = await form('tsg-x', {
      mailboxes: [
        { name: 'tsg-x', password: 'short' },
        { name: 'zhangwei', password: SECRET },
        { name: 'tsg-x', password: SECRET },
      ],
    });
    const { status, body } = await zhangwei.post<Problem>('/hall/services/info-service/preview', { values });
    expect(status).toBe(400);
    expect(body.fields?.map((entry) => [entry.field, entry.code])).toEqual([
      ['mailboxes.1.name', 'directory.name_taken'],
      ['mailboxes.2.name', 'hall.duplicate_name'],
      ['mailboxes.0.password', 'identity.password_length'],
    ]);
    expect(
      (await zhangwei.get<{ available: boolean; message: string }>('/names/zhangwei')).body.available,
    ).toBe(false);
  });

  it('[HALL-8] says 本字段为必填项 for every required field that is empty', async () => {
    const { body } = await zhangwei.post<Problem>('/hall/services/info-service/preview', {
      values: { kind: 'mailbox' },
    });
    const messages = new Set(body.fields?.map((entry) => entry.message));
    expect(messages).toEqual(new Set(['本字段为必填项']));
    expect(body.fields?.map((entry) => entry.field).sort()).toEqual([
      'headName',
      'headPhone',
      'mailboxes',
      'ownerEmail',
      'ownerPhone',
      'unit',
    ]);
  });

  it('[HALL-8] makes one case of a double click', async () => {
    const values = await form('tsg-double');
    const requestKey = key();
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        zhangwei.post<Applied>('/hall/services/info-service/applications', { values, requestKey }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map((answer) => answer.body.caseId)).size).toBe(1);
  });

  it('[HALL-7] gives two approvers who press at the same moment one clear outcome', async () => {
    const caseId = await apply('tsg-race');
    const taskId = await taskOf(zhaomin, caseId);
    const answers = await Promise.all([
      zhaomin.post<Problem>(`/tasks/${taskId}/decision`, { action: 'approve' }),
      zhaomin.post<Problem>(`/tasks/${taskId}/decision`, { action: 'reject', comment: '不同意' }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body.code).toMatch(
      /^workflow.(task_closed|ended)$/,
    );
  });

  it('[HALL-8] parks the case when the name is taken in between, and a retry with another name finishes it', async () => {
    const caseId = await apply('tsg-taken');
    await agree(zhaomin, caseId);
    const rival = await admin.post('/accounts', {
      name: '抢先',
      account: 'tsg-taken',
      password: 'Qiang-Xian#2026',
    });
    expect(rival.status).toBe(200);
    await agree(wangfang, caseId);
    await test.settle();
    expect((await caseOf(caseId)).case.state).toBe('running');
    const failed = (await admin.get<FailedAction[]>('/console/failed-actions')).body.find(
      (action) => action.caseId === caseId,
    );
    expect(failed?.message).toContain('tsg-taken');
    expect((await zhangwei.get('/console/failed-actions')).status).toBe(403);
    const page = await caseOf(caseId);
    expect(page.progress.find((entry) => entry.node === 'create')?.state).toBe('failed');
    const held = (
      await test.database.pool.query<{ values: { mailboxes: { name: string; password: unknown }[] } }>(
        'select values from hall.application where id = $1',
        [caseId],
      )
    ).rows[0]?.values;
    const mailboxes = held?.mailboxes.map((row) => ({ ...row, name: 'tsg-taken2' }));
    const retry = await admin.post(`/console/failed-actions/${failed?.id}/retry`, { values: { mailboxes } });
    expect(retry.status, retry.raw.body).toBe(200);
    await test.settle();
    expect((await caseOf(caseId)).results[0]?.value).toBe('tsg-taken2@beichen.test');
  });

  it('[HALL-7] sends a case back, keeps the password that was set, and goes on after the resend', async () => {
    const caseId = await apply('tsg-back');
    const returned = await zhaomin.post(`/tasks/${await taskOf(zhaomin, caseId)}/decision`, {
      action: 'return',
      to: 'start',
      comment: '请写明用途',
    });
    expect(returned.status).toBe(200);
    const page = await caseOf(caseId);
    expect(page.case.state).toBe('returned');
    expect(page.can.resend).toBe(true);
    const [row] = page.values['mailboxes'] as { password: unknown }[];
    expect(row?.password).toMatchObject({ set: true });
    const resent = await zhangwei.put(`/cases/${caseId}/values`, {
      values: { ...page.values, reason: '对外联系' },
    });
    expect(resent.status, resent.raw.body).toBe(200);
    expect((await caseOf(caseId)).case.state).toBe('running');
    await agree(zhaomin, caseId);
    await agree(wangfang, caseId, { values: { expires: '2028-01-31' } });
    await test.settle();
    const box = (await zhangwei.get<UnitMailbox[]>('/me/unit-mailboxes')).body.find((entry) =>
      entry.address.startsWith('tsg-back@'),
    );
    expect(box?.expiresAt?.slice(0, 10)).toBe('2028-01-31');
  });

  it('[HALL-8] purges the password of a rejected and of a withdrawn case', async () => {
    const rejected = await apply('tsg-no');
    await zhaomin.post(`/tasks/${await taskOf(zhaomin, rejected)}/decision`, {
      action: 'reject',
      comment: '不需要',
    });
    const withdrawn = await apply('tsg-away');
    await zhangwei.post(`/cases/${withdrawn}/withdraw`, {});
    for (const caseId of [rejected, withdrawn]) {
      const left = await test.database.pool.query('select 1 from identity.form_secret where case_id = $1', [
        caseId,
      ]);
      expect(left.rowCount).toBe(0);
    }
    expect((await caseOf(rejected)).case.state).toBe('rejected');
    expect((await caseOf(withdrawn)).case.state).toBe('withdrawn');
  });

  it('[HALL-2] shows cases and tasks only to those whom they concern', async () => {
    const caseId = await apply('tsg-private');
    const taskId = await taskOf(zhaomin, caseId);
    const liuyang = await test.as('liuyang');
    expect((await liuyang.get(`/cases/${caseId}`)).status).toBe(403);
    expect((await liuyang.get(`/tasks/${taskId}`)).status).toBe(403);
    expect((await liuyang.post(`/tasks/${taskId}/decision`, { action: 'approve' })).status).toBe(403);
    expect((await test.stranger.get(`/cases/${caseId}`)).status).toBe(401);
    expect((await liuyang.get('/hall/services/info-service')).status).toBe(404);
  });

  it('[HALL-2] counts exactly what the lists show', async () => {
    for (const person of [zhangwei, zhaomin, wangfang]) {
      const counts = (await person.get<Record<string, number>>('/tasks/counts')).body;
      for (const box of ['todo', 'done', 'started', 'received', 'cc']) {
        const items: TaskItem[] = [];
        let after: string | undefined;
        do {
          const page: { items: TaskItem[]; next?: string } = (
            await person.get<{ items: TaskItem[]; next?: string }>(
              `/tasks?box=${box}&limit=3${after ? `&after=${after}` : ''}`,
            )
          ).body;
          items.push(...page.items);
          after = page.next;
        } while (after);
        expect(items, box).toHaveLength(counts[box] ?? -1);
      }
    }
  });
});
