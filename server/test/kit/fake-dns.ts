import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

export type Zone = Record<string, FakeRecord[]>;
export type FakeRecord =
  | { type: 'A' | 'AAAA'; address: string; ttl?: number }
  | { type: 'CNAME' | 'PTR' | 'NS'; name: string; ttl?: number }
  | { type: 'MX'; priority: number; exchange: string; ttl?: number }
  | { type: 'TXT'; text: string; ttl?: number }
  | { type: 'TLSA'; usage: number; selector: number; matching: number; data: Buffer; ttl?: number };

const NUMBERS = { A: 1, NS: 2, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28, TLSA: 52 } as const;

export interface FakeDns {
  /** `127.0.0.1:port`, as HONGYAN_DNS takes it. */
  address: string;
  /** Questions that came, `TYPE name`, in their order. */
  asked: string[];
  /** Adds or replaces the records of names; an empty list is an existing name without records. */
  set(zone: Zone): void;
  /** What happens instead of answers: names (or '*') that get SERVFAIL or silence. */
  break(name: string, how: 'servfail' | 'silent' | 'none'): void;
  /** Answers carry AD, as a validating resolver's would. */
  authentic: boolean;
  close(): Promise<void>;
}

/** A name server of one's own on loopback, UDP and TCP (truncating UDP answers above 512 octets). */
export async function fakeDns(zone: Zone = {}): Promise<FakeDns> {
  const records = new Map<string, FakeRecord[]>();
  const broken = new Map<string, 'servfail' | 'silent'>();
  const asked: string[] = [];
  const udp: Socket = createSocket('udp4');
  const state = { authentic: false };

  function answer(query: Buffer, limit: number): Buffer | undefined {
    const { name, type, end } = readQuestion(query);
    asked.push(`${typeName(type)} ${name}`);
    const trouble = broken.get(name) ?? broken.get('*');
    if (trouble === 'silent') return undefined;
    const question = query.subarray(12, end);
    if (trouble === 'servfail') return message(query, question, 2, [], false, state.authentic);
    const chain: { owner: string; record: FakeRecord }[] = [];
    let owner = name;
    let exists = records.has(owner) || hasChild(records, owner);
    for (let hops = 0; hops < 8; hops++) {
      const here = records.get(owner) ?? [];
      const found = here.filter((record) => NUMBERS[record.type] === type);
      chain.push(...found.map((record) => ({ owner, record })));
      const alias = here.find((record) => record.type === 'CNAME');
      if (found.length > 0 || alias?.type !== 'CNAME') break;
      chain.push({ owner, record: alias });
      owner = alias.name.toLowerCase();
      exists ||= records.has(owner);
    }
    const whole = message(query, question, exists ? 0 : 3, chain, false, state.authentic);
    return whole.length > limit ? message(query, question, 0, [], true, state.authentic) : whole;
  }

  udp.on('message', (query, from) => {
    const reply = answer(query, 512);
    if (reply) udp.send(reply, from.port, from.address);
  });
  const tcp: Server = createServer((socket) => {
    let input = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      input = Buffer.concat([input, chunk]);
      if (input.length < 2 || input.length < input.readUInt16BE(0) + 2) return;
      const reply = answer(input.subarray(2), 65_535);
      if (!reply) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([length, reply]));
    });
  });
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const { port } = udp.address();
  await new Promise<void>((resolve, reject) => tcp.once('error', reject).listen(port, '127.0.0.1', resolve));

  const dns: FakeDns = {
    address: `127.0.0.1:${port}`,
    asked,
    set(more) {
      for (const [name, list] of Object.entries(more)) records.set(name.toLowerCase(), list);
    },
    break(name, how) {
      if (how === 'none') broken.delete(name);
      else broken.set(name, how);
    },
    get authentic() {
      return state.authentic;
    },
    set authentic(value) {
      state.authentic = value;
    },
    async close() {
      udp.close();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
  dns.set(zone);
  return dns;
}

/** RFC 8020: a name with names below it exists. */
function hasChild(records: ReadonlyMap<string, FakeRecord[]>, name: string): boolean {
  return [...records.keys()].some((known) => known.endsWith(`.${name}`));
}

function typeName(type: number): string {
  return Object.entries(NUMBERS).find(([, number]) => number === type)?.[0] ?? String(type);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = query.readUInt8(at); size > 0; size = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function message(
  query: Buffer,
  question: Buffer,
  code: number,
  chain: readonly { owner: string; record: FakeRecord }[],
  truncated: boolean,
  authentic: boolean,
): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(query.readUInt16BE(0), 0);
  head.writeUInt16BE(0x8180 | (truncated ? 0x0200 : 0) | (authentic ? 0x20 : 0) | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(chain.length, 6);
  const soa = chain.length === 0 && !truncated ? [negative()] : [];
  head.writeUInt16BE(soa.length, 8);
  return Buffer.concat([head, question, ...chain.map(({ owner, record }) => encode(owner, record)), ...soa]);
}

function labels(name: string): Buffer {
  if (name === '' || name === '.') return Buffer.from([0]);
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

/** SOA of the root with a minimum of 60 s: how long "there is none" holds. */
function negative(): Buffer {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(60, 16);
  return frame('', 6, 60, Buffer.concat([labels('ns'), labels('root'), numbers]));
}

function frame(owner: string, type: number, ttl: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([labels(owner), head, data]);
}

function encode(owner: string, record: FakeRecord): Buffer {
  return frame(owner, NUMBERS[record.type], record.ttl ?? 300, dataOf(record));
}

function dataOf(record: FakeRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number));
    case 'AAAA': {
      const [left = '', right = ''] = record.address.split('::');
      const groups = (text: string) => text.split(':').filter((group) => group !== '');
      const middle = Array<string>(8 - groups(left).length - groups(right).length).fill('0');
      const all = [...groups(left), ...middle, ...groups(right)];
      return Buffer.concat(all.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
    }
    case 'MX': {
      const priority = Buffer.alloc(2);
      priority.writeUInt16BE(record.priority);
      return Buffer.concat([priority, labels(record.exchange)]);
    }
    case 'TXT': {
      const bytes = Buffer.from(record.text);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length || at === 0; at += 255) {
        const piece = bytes.subarray(at, at + 255);
        pieces.push(Buffer.from([piece.length]), piece);
      }
      return Buffer.concat(pieces);
    }
    case 'TLSA':
      return Buffer.concat([Buffer.from([record.usage, record.selector, record.matching]), record.data]);
    default:
      return labels(record.name);
  }
}
