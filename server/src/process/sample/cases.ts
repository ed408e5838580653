import type { Actor } from '../../kit/http/index.ts';
import type { Random } from './random.ts';
import type { SampleParts } from './sample.ts';

/** What becomes of a sample case: how many approvals it gets, and how it ends. */
type Fate = 'waiting' | 'half' | 'done' | 'rejected' | 'returned' | 'withdrawn';

interface SampleCase {
  by: string;
  service: string;
  values: Record<string, unknown>;
  fate: Fate;
  daysAgo: number;
}

const DAY = 86_400_000;
const contact = {
  ownerPhone: '13810000004',
  ownerEmail: 'zhangwei@beichen.test',
  headName: '赵敏',
  headPhone: '010-62750013',
};

function mailbox(name: string, reason: string) {
  return { kind: 'mailbox', mailboxes: [{ name, password: 'Xinxi-2026#fuwu' }], ...contact, reason };
}

/** Cases in every state, through the same doors that people use. */
const CASES: SampleCase[] = [
  {
    by: 'zhangwei',
    service: 'info-service',
    values: mailbox('jwc', '教务处对外联系邮箱，长期使用'),
    fate: 'done',
    daysAgo: 20,
  },
  {
    by: 'zhangwei',
    service: 'info-service',
    values: mailbox('kaoshi', '期末考试安排，使用一学期'),
    fate: 'half',
    daysAgo: 1,
  },
  {
    by: 'zhangwei',
    service: 'info-service',
    values: { kind: 'site', siteName: '教学质量年报', sitePurpose: '发布年度教学质量报告', ...contact },
    fate: 'waiting',
    daysAgo: 0,
  },
  {
    by: 'zhangwei',
    service: 'info-service',
    values: {
      kind: 'host',
      hostSize: 'medium',
      hostDisk: 200,
      hostSystem: 'debian',
      ...contact,
      reason: '排课系统升级',
    },
    fate: 'returned',
    daysAgo: 3,
  },
  {
    by: 'zhangwei',
    service: 'info-service',
    values: { kind: 'domain', domainName: 'exam.beichen.test', domainTarget: '10.10.3.20', ...contact },
    fate: 'rejected',
    daysAgo: 12,
  },
  {
    by: 'zhangwei',
    service: 'info-service',
    values: { kind: 'other', otherNeed: '机房临时用电', ...contact },
    fate: 'withdrawn',
    daysAgo: 15,
  },
  {
    by: 'zhangwei',
    service: 'leave',
    values: { type: '1', from: '2026-11-30', to: '2026-12-01', reason: '家中有事', phone: '13810000004' },
    fate: 'waiting',
    daysAgo: 0,
  },
  {
    by: 'zhangwei',
    service: 'vpn',
    values: { reason: '校外访问图书馆资源', phone: '13810000004' },
    fate: 'done',
    daysAgo: 30,
  },
  {
    by: 'liqiang',
    service: 'vpn',
    values: { reason: '值班远程维护', phone: '13810000001' },
    fate: 'waiting',
    daysAgo: 0,
  },
  {
    by: 'liqiang',
    service: 'info-service',
    values: {
      kind: 'host',
      hostSize: 'large',
      hostDisk: 500,
      hostSystem: 'openeuler',
      ...contact,
      reason: '日志平台',
    },
    fate: 'waiting',
    daysAgo: 2,
  },
  {
    by: 'chenjing',
    service: 'info-service',
    values: mailbox('xiaoban', '学校办公室对外联系邮箱'),
    fate: 'done',
    daysAgo: 45,
  },
  {
    by: 'wangfang',
    service: 'info-service',
    values: mailbox('its', '信息中心服务台，接收报修与咨询'),
    fate: 'done',
    daysAgo: 60,
  },
  {
    by: 'liuyang',
    service: 'enrolment-proof',
    values: { language: '1', copies: 2, reason: '办理签证', phone: '13810000005' },
    fate: 'done',
    daysAgo: 9,
  },
  {
    by: 'liuyang',
    service: 'classroom',
    values: { room: '理教 205', day: '2026-12-05', time: '3', reason: '社团活动', phone: '13810000005' },
    fate: 'waiting',
    daysAgo: 1,
  },
  {
    by: 'liuyang',
    service: 'network-repair',
    values: { place: '学生公寓 5 号楼 312', kind: '3', phone: '13810000005' },
    fate: 'waiting',
    daysAgo: 0,
  },
];

export async function fillCases(parts: SampleParts, random: Random): Promise<void> {
  const { clock } = parts;
  for (const [index, sample] of CASES.entries()) {
    const back = sample.daysAgo * DAY + random.below(3_600_000) + 600_000;
    clock.travel(-back);
    try {
      await play(parts, sample, index);
    } finally {
      clock.travel(back);
    }
  }
}

async function accountOf({ db, directory }: SampleParts, local: string): Promise<Actor> {
  const resolved = await directory.addresses.resolve(db, `${local}@beichen.test`);
  if (resolved.kind !== 'account') throw new Error(`sample account ${local} missing`);
  return { accountId: resolved.accountId, name: local, address: '127.0.0.1', locale: 'zh-CN' };
}

async function play(parts: SampleParts, sample: SampleCase, index: number): Promise<void> {
  const { hall, clock } = parts;
  const applicant = await accountOf(parts, sample.by);
  const { presets = {} } = await hall.catalogue.page(applicant, sample.service);
  const values = {
    ...presets,
    ...sample.values,
    ...(sample.values['kind'] === 'site' ? { siteAdmin: applicant.accountId } : {}),
  };
  const { caseId } = await hall.applications.apply(applicant, sample.service, {
    values,
    requestKey: `sample-${index}`,
  });
  if (sample.fate === 'waiting') return;
  if (sample.fate === 'withdrawn') {
    await hall.applications.withdraw(applicant, caseId, '不再需要');
    return;
  }
  clock.travel(2 * 3_600_000);
  try {
    await decide(parts, caseId, sample.fate);
    if (sample.fate === 'done') for (let guard = 0; guard < 5; guard++) await decide(parts, caseId, 'done');
  } finally {
    clock.travel(-2 * 3_600_000);
  }
}

/** One decision by whoever holds the first open task; nothing when no task is open. */
async function decide({ hall, db, directory }: SampleParts, caseId: string, fate: Fate): Promise<void> {
  const task = (await hall.context.workflow.tasks(db, caseId)).find(
    (candidate) => candidate.state === 'open' && candidate.kind !== 'cc',
  );
  if (!task) return;
  const [person] = await directory.accounts.findMany(db, [task.assignee]);
  const actor: Actor = {
    accountId: task.assignee,
    name: person?.local ?? '',
    address: '127.0.0.1',
    locale: 'zh-CN',
  };
  if (fate === 'rejected') {
    await hall.applications.decide(actor, task.id, { action: 'reject', comment: '请使用已有域名' });
  } else if (fate === 'returned') {
    await hall.applications.decide(actor, task.id, {
      action: 'return',
      to: 'start',
      comment: '请补充磁盘容量的测算依据',
    });
  } else {
    await hall.applications.decide(actor, task.id, {
      action: task.kind === 'handle' ? 'complete' : 'approve',
      comment: task.kind === 'handle' ? '已办理' : '同意',
    });
  }
}
