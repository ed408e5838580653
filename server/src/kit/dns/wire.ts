/** DNS messages (RFC 1035 §4), as much of them as a stub resolver needs; pure. */
export const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  TLSA: 52,
} as const;
export type RecordType = keyof typeof TYPES;

export interface DnsRecord {
  name: string;
  /** Numeric type; of an unknown one `data` is the raw octets. */
  type: number;
  /** Seconds. */
  ttl: number;
  data: RecordData;
}

export type RecordData =
  | { kind: 'address'; address: string }
  | { kind: 'name'; name: string }
  | { kind: 'mx'; priority: number; exchange: string }
  | { kind: 'txt'; strings: Buffer[] }
  /** `minimum` is how long a negative answer holds (RFC 2308 §5). */
  | { kind: 'soa'; minimum: number }
  | { kind: 'tlsa'; usage: number; selector: number; matching: number; data: Buffer }
  | { kind: 'raw'; data: Buffer };

export interface DnsAnswer {
  id: number;
  /** RCODE: 0 = answer or no data, 2 = SERVFAIL, 3 = NXDOMAIN. */
  code: number;
  truncated: boolean;
  /** The resolver says that it has validated (AD, RFC 4035 §3.2.3). */
  authentic: boolean;
  question: { name: string; type: number } | undefined;
  answers: DnsRecord[];
  authority: DnsRecord[];
}

/** Larger answers come by TCP; the size is what networks carry unfragmented (DNS Flag Day 2020). */
const UDP_BYTES = 1_232;
/** An answer with more records than this is cut: nothing of ours needs them. */
const MAX_RECORDS = 200;
/** Compression pointers of one name: without a bound two of them could point at each other for ever. */
const MAX_JUMPS = 40;

/** A query with recursion desired, EDNS0, and AD set to ask whether the answer is validated (RFC 6840 §5.7). */
export function encodeQuery(id: number, name: string, type: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x0120, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(1, 10);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(type, 0);
  tail.writeUInt16BE(1, 2);
  const edns = Buffer.alloc(11);
  edns.writeUInt16BE(41, 1);
  edns.writeUInt16BE(UDP_BYTES, 3);
  return Buffer.concat([head, encodeName(name), tail, edns]);
}

/** A name in labels; throws RangeError for one that cannot exist (RFC 1035 §2.3.4). */
export function encodeName(name: string): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const pieces: Buffer[] = [];
  if (name !== '' && name !== '.') {
    for (const label of labels) {
      const bytes = Buffer.from(label);
      if (bytes.length === 0 || bytes.length > 63) throw new RangeError('bad name');
      pieces.push(Buffer.from([bytes.length]), bytes);
    }
  }
  const whole = Buffer.concat([...pieces, Buffer.from([0])]);
  if (whole.length > 255) throw new RangeError('bad name');
  return whole;
}

/** Reads a message; undefined when it is none. */
export function decodeAnswer(bytes: Buffer): DnsAnswer | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function decode(bytes: Buffer): DnsAnswer {
  const flags = bytes.readUInt16BE(2);
  let at = 12;
  let question: DnsAnswer['question'];
  for (let index = 0; index < Math.min(bytes.readUInt16BE(4), 10); index++) {
    const name = readName(bytes, at);
    question ??= { name: name.name, type: bytes.readUInt16BE(name.end) };
    at = name.end + 4;
  }
  const read = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = [];
    for (let index = 0; index < count; index++) {
      const record = readRecord(bytes, at);
      at = record.end;
      if (records.length < MAX_RECORDS) records.push(record.record);
    }
    return records;
  };
  const truncated = (flags & 0x0200) !== 0;
  return {
    id: bytes.readUInt16BE(0),
    code: flags & 15,
    truncated,
    authentic: (flags & 0x20) !== 0,
    question,
    answers: truncated ? [] : read(bytes.readUInt16BE(6)),
    authority: truncated ? [] : read(bytes.readUInt16BE(8)),
  };
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  let length = 0;
  for (let jumps = 0; jumps <= MAX_JUMPS; ) {
    const size = bytes.readUInt8(at);
    if (size >= 0xc0) {
      end ??= at + 2;
      at = bytes.readUInt16BE(at) & 0x3fff;
      jumps++;
      continue;
    }
    if (size > 63) throw new RangeError('bad label');
    if (size === 0) return { name: labels.join('.'), end: end ?? at + 1 };
    if (at + 1 + size > bytes.length) throw new RangeError('cut');
    labels.push(bytes.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
    length += size + 1;
    if (length > 255) throw new RangeError('name too long');
  }
  throw new RangeError('pointers in a circle');
}

function readRecord(bytes: Buffer, start: number): { record: DnsRecord; end: number } {
  const { name, end: at } = readName(bytes, start);
  const type = bytes.readUInt16BE(at);
  const length = bytes.readUInt16BE(at + 8);
  const end = at + 10 + length;
  if (end > bytes.length) throw new RangeError('cut');
  // A TTL with its top bit set means zero (RFC 2181 §8).
  const ttl = Math.max(0, bytes.readInt32BE(at + 4));
  return { record: { name, type, ttl, data: readData(bytes, type, at + 10, end) }, end };
}

function readData(bytes: Buffer, type: number, at: number, end: number): RecordData {
  switch (type) {
    case TYPES.A:
      if (end - at !== 4) throw new RangeError('bad address');
      return { kind: 'address', address: [...bytes.subarray(at, end)].join('.') };
    case TYPES.AAAA:
      if (end - at !== 16) throw new RangeError('bad address');
      return { kind: 'address', address: formatV6(bytes.subarray(at, end)) };
    case TYPES.NS:
    case TYPES.CNAME:
    case TYPES.PTR:
      return { kind: 'name', name: readName(bytes, at).name };
    case TYPES.MX:
      return { kind: 'mx', priority: bytes.readUInt16BE(at), exchange: readName(bytes, at + 2).name };
    case TYPES.TXT:
      return { kind: 'txt', strings: readStrings(bytes, at, end) };
    case TYPES.SOA:
      return { kind: 'soa', minimum: bytes.readUInt32BE(end - 4) };
    case TYPES.TLSA:
      return {
        kind: 'tlsa',
        usage: bytes.readUInt8(at),
        selector: bytes.readUInt8(at + 1),
        matching: bytes.readUInt8(at + 2),
        data: Buffer.from(bytes.subarray(at + 3, end)),
      };
    default:
      return { kind: 'raw', data: Buffer.from(bytes.subarray(at, end)) };
  }
}

function readStrings(bytes: Buffer, start: number, end: number): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = start; at < end; ) {
    const length = bytes.readUInt8(at);
    if (at + 1 + length > end) throw new RangeError('cut');
    strings.push(Buffer.from(bytes.subarray(at + 1, at + 1 + length)));
    at += length + 1;
  }
  return strings;
}

function formatV6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  // URL knows the canonical form of RFC 5952.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
