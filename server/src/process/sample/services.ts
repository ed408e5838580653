import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldRights, FormField } from '@hongyan/contract';
import type { ServiceDefinition } from '../../hall/index.ts';

const FOLDER = join(import.meta.dirname, '../../../sample');

/** Reads a file of the sample institution, which is data of ours and checked by the tests that load it. */
export function readSample<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
}

/** The short form in which most sample services are written. */
export interface ShortService {
  key: string;
  name: string;
  unit: string;
  theme: string;
  track: string;
  audience: string[];
  icon: string;
  workingDays: number;
  summary: string;
  fields?: FormField[];
  /** h: head of the applicant's unit; c: head of the offering unit; o: the offering unit does it. */
  steps?: string;
}

export interface SystemTile {
  key: string;
  name: string;
  icon: string;
  link: string;
}

type Step = NonNullable<ServiceDefinition['process']>['nodes'][number];

function stepsOf(service: ShortService): Step[] {
  const steps: Record<string, Step> = {
    h: {
      id: 'head',
      type: 'approve',
      name: '部门负责人审批',
      mode: 'any',
      self: 'head_above',
      empty: 'head_above',
      who: [{ kind: 'unit_head', unit: { of: 'initiator' } }],
    },
    c: {
      id: 'center',
      type: 'approve',
      name: `${service.unit}审批`,
      mode: 'any',
      who: [{ kind: 'unit_head', unit: { of: 'path', path: service.unit } }],
    },
    o: {
      id: 'handle',
      type: 'handle',
      name: `${service.unit}办理`,
      who: [{ kind: 'unit_head', unit: { of: 'path', path: service.unit } }],
    },
  };
  return [...(service.steps ?? '')].flatMap((letter) => steps[letter] ?? []);
}

const READ: FieldRights = { rest: 'read', fields: {} };

/** The full definition, in the format that designers exchange. */
export function expand(service: ShortService): ServiceDefinition {
  return {
    ...service,
    guide: `${service.summary}。在线填写申请表后由相关负责人审批，办理进度可在任务中心随时查看，结果通过消息和邮件通知您。`,
    conditions: service.audience.includes('student')
      ? ['在校师生', '信息填写完整、真实']
      : ['在职教职工', '信息填写完整、真实'],
    materials: ['在线申请表', '能够说明情况的材料（如有）'],
    contacts: [
      {
        name: `${service.unit}办事窗口`,
        phone: `010-6275${String(1000 + service.name.length * 37).slice(-4)}`,
        place: '师生服务中心',
      },
    ],
    declaration: '申请人承诺所填信息真实有效。',
    title: '{name}（{applicant}）',
    ...(service.fields
      ? {
          form: { groups: [{ title: '申请内容', fields: service.fields }] },
          process: { name: service.name, start: '提交申请', nodes: stepsOf(service) },
          rights: { head: READ, center: READ, handle: READ, view: READ },
        }
      : {}),
  };
}

export function expandTile(tile: SystemTile): ServiceDefinition {
  return {
    ...tile,
    summary: tile.name,
    unit: '信息中心',
    theme: '系统直通车',
    track: '日常办公',
    audience: ['staff', 'student', 'other'],
    guide: '',
    conditions: [],
    materials: [],
    contacts: [],
    declaration: '',
    workingDays: 0,
    isSystem: true,
  };
}
