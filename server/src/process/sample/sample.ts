import type { Directory } from '../../directory/index.ts';
import type { Hall, ServiceDefinition } from '../../hall/index.ts';
import type { Passwords } from '../../identity/index.ts';
import type { TravellingClock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import { systemActor } from '../../kit/http/index.ts';
import type { Notices } from '../../notices/index.ts';
import { fillCases } from './cases.ts';
import { fillMail, type SampleMailParts } from './mail.ts';
import { inventPerson } from './people.ts';
import { createRandom, type Random } from './random.ts';
import { expand, expandTile, readSample, type ShortService, type SystemTile } from './services.ts';

export interface SampleParts {
  db: Db;
  clock: TravellingClock;
  directory: Directory;
  passwords: Passwords;
  hall: Hall;
  notices: Notices;
  /** Waits for automatic steps: the first unit mailbox must be there before its mail. */
  settle(): Promise<void>;
}

/** The password of every sample account: public, which is why sample data stays on loopback. */
const PASSWORD = 'Beichen-2026!demo';
const STAFF = 150;
const STUDENTS = 70;
const DAY = 86_400_000;
const actor = systemActor('sample');

interface Named {
  name: string;
  account: string;
  unit: string;
  kind: 'staff' | 'student';
  post?: string;
  headOf?: string;
  number: string;
}

const NAMED: Named[] = [
  {
    name: '陈静',
    account: 'chenjing',
    unit: '学校办公室',
    kind: 'staff',
    post: '副主任',
    number: '20080012',
  },
  {
    name: '李强',
    account: 'liqiang',
    unit: '信息中心',
    kind: 'staff',
    post: '高级工程师',
    number: '20100035',
  },
  {
    name: '王芳',
    account: 'wangfang',
    unit: '信息中心',
    kind: 'staff',
    post: '主任',
    headOf: '信息中心',
    number: '20050008',
  },
  {
    name: '赵敏',
    account: 'zhaomin',
    unit: '教务处',
    kind: 'staff',
    post: '处长',
    headOf: '教务处',
    number: '20030021',
  },
  { name: '张伟', account: 'zhangwei', unit: '教务处', kind: 'staff', post: '科员', number: '20180066' },
  { name: '刘洋', account: 'liuyang', unit: '计算机学院', kind: 'student', number: '2023010101' },
];

/** Fills an empty database with 北辰大学; the same people, cases and texts every time. */
export async function fillSample(parts: SampleMailParts): Promise<void> {
  const { db, directory, passwords, hall, notices } = parts;
  const random = createRandom(20_261_123);
  const hash = await passwords.hashSecret(PASSWORD);
  await transaction(db, async (tx) => {
    const { superId } = await directory.institution.setUp(tx, actor, {
      name: '北辰大学',
      domain: 'beichen.test',
      account: 'admin',
      personName: '系统管理员',
      introduction: '北辰大学统一身份认证、邮箱与网上办事大厅',
      helpDesk: '010-62750001(工作日 8:00—17:00)',
      news: readSample<{ category: string; title: string }[]>('notices.json')
        .slice(0, 4)
        .map((notice, index) => ({
          title: notice.title,
          day: new Date(parts.clock.ms() - index * 2 * DAY).toISOString().slice(0, 10),
        })),
    });
    await passwords.setHashed(tx, superId, hash);
    const units = await makeUnits(tx, directory);
    const people = await makePeople(tx, parts, units, hash, random);
    await appoint(tx, directory, people, units);
    await makeServices(tx, hall, random);
    await makeNotices(tx, parts, notices, units, random);
  });
  await fillCases(parts, random);
  await parts.settle();
  await fillMail(parts, random);
}

async function makeUnits(tx: Tx, directory: Directory): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const { name, children } of readSample<{ name: string; children: string[] }[]>('units.json')) {
    const unit = await directory.units.create(actor, { name, parentId: null, level: '处级' }, tx);
    ids.set(unit.path, unit.id);
    for (const child of children) {
      const inner = await directory.units.create(
        actor,
        { name: child, parentId: unit.id, level: '科级' },
        tx,
      );
      ids.set(inner.path, inner.id);
    }
  }
  return ids;
}

async function makePeople(
  tx: Tx,
  { directory, passwords }: SampleParts,
  units: Map<string, number>,
  hash: string,
  random: Random,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  const taken = new Set(['admin', ...NAMED.map((person) => person.account)]);
  const create = async (input: Parameters<Directory['accounts']['create']>[1]) => {
    const { id } = await directory.accounts.create(actor, input, tx);
    await passwords.setHashed(tx, id, hash);
    ids.set(input.account, id);
    return id;
  };
  for (const [index, person] of NAMED.entries()) {
    const id = await create({
      name: person.name,
      account: person.account,
      number: person.number,
      kind: person.kind,
      unitId: units.get(person.unit) ?? null,
      officePhone: person.kind === 'staff' ? `010-627500${10 + index}` : undefined,
      mobile: `1381000000${index}`,
      boundPhone: `1381000000${index}`,
      post: person.post,
    });
    if (person.headOf !== undefined) await directory.units.setHead(tx, units.get(person.headOf) ?? 0, id);
  }
  const paths = [...units.keys()];
  const led = new Set(NAMED.map((person) => person.headOf));
  for (let n = 0; n < STAFF; n++) {
    const path = paths[n % paths.length] ?? '';
    const person = inventPerson(random, taken);
    const isHead = n < paths.length && !led.has(path);
    const id = await create({
      name: person.name,
      account: person.account,
      number: String(20_110_000 + n * 7),
      kind: 'staff',
      unitId: units.get(path) ?? null,
      post: isHead ? (path.includes('学院') ? '院长' : '主任') : person.post,
      officePhone: `010-6275${String(2000 + n)}`,
      mobile: `139${String(20_000_000 + n * 1_357).slice(0, 8)}`,
    });
    if (isHead) await directory.units.setHead(tx, units.get(path) ?? 0, id);
  }
  const colleges = paths.filter((path) => path.includes('学院') && !path.includes('/'));
  for (let n = 0; n < STUDENTS; n++) {
    const person = inventPerson(random, taken);
    await create({
      name: person.name,
      account: person.account,
      number: String(2_023_010_200 + n),
      kind: 'student',
      unitId: units.get(random.pick(colleges)) ?? null,
    });
  }
  return ids;
}

async function appoint(
  tx: Tx,
  directory: Directory,
  people: Map<string, number>,
  units: Map<string, number>,
): Promise<void> {
  await directory.administrators.appointFirst(tx, people.get('chenjing') ?? 0, 'company', null);
  await directory.administrators.appointFirst(
    tx,
    people.get('liqiang') ?? 0,
    'unit',
    units.get('信息中心') ?? null,
  );
}

async function makeServices(tx: Tx, hall: Hall, random: Random): Promise<void> {
  const services: ServiceDefinition[] = [
    readSample<ServiceDefinition>('info-service.json'),
    ...readSample<ShortService[]>('services.json').map(expand),
    ...readSample<SystemTile[]>('systems.json').map(expandTile),
  ];
  for (const [position, service] of services.entries()) {
    const visits = service.isSystem ? 0 : service.key === 'info-service' ? 5_213 : 40 + random.below(3_000);
    await hall.catalogue.publish(tx, service, position, visits);
  }
}

async function makeNotices(
  tx: Tx,
  { clock }: SampleParts,
  notices: Notices,
  units: Map<string, number>,
  random: Random,
): Promise<void> {
  for (const notice of readSample<{ category: string; title: string; unit: string }[]>('notices.json')) {
    await notices.add(tx, {
      title: notice.title,
      category: notice.category,
      unitId: units.get(notice.unit) ?? 0,
      body: `各部门、各学院:\n\n现就“${notice.title}”有关事项通知如下。请各单位高度重视，认真组织落实，并按时间节点完成相关工作。如有疑问，请与${notice.unit}联系。\n\n${notice.unit}`,
      publishedAt: new Date(clock.ms() - random.below(40) * DAY - random.below(86_400) * 1_000),
    });
  }
}
