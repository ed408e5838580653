import { expect } from 'vitest';
import type { MailKit } from './imap-kit.ts';
import type { Talker } from './imap-talker.ts';

/** How a session speaks: plain RFC 3501, with modseqs, with VANISHED, or by UIDs alone. */
export type Dialect = 'plain' | 'condstore' | 'qresync' | 'uidonly';

interface Known {
  /** Undefined until the session learns it. */
  uid: number | undefined;
  flags: string | undefined;
  modseq: number;
}

/** What a client of one session believes: every untagged answer is checked against it. */
export interface Model {
  readonly talker: Talker;
  readonly dialect: Dialect;
  messages: Known[];
  uidValidity: number;
  highest: number;
  /** UIDs that VANISHED or EXPUNGE took: they must never come back. */
  gone: Set<number>;
}

/** Small and seeded, so that a failure can be run again. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export async function openModel(kit: MailKit, user: string, dialect: Dialect): Promise<Model> {
  const talker = await kit.signIn(user);
  if (dialect === 'condstore') await talker.ok('ENABLE CONDSTORE');
  if (dialect === 'qresync') await talker.ok('ENABLE QRESYNC');
  if (dialect === 'uidonly') await talker.ok('ENABLE UIDONLY');
  const model: Model = { talker, dialect, messages: [], uidValidity: 0, highest: 0, gone: new Set() };
  await say(model, 'SELECT INBOX');
  await say(model, 'UID FETCH 1:* (UID FLAGS)');
  return model;
}

/** Runs a command and believes what comes; gives the tagged answer. */
export async function say(model: Model, command: string): Promise<string> {
  const { lines, tagged } = await model.talker.run(command);
  for (const line of lines) believe(model, line, command);
  return tagged;
}

export function believe(model: Model, line: string, command: string): void {
  const where = `${model.dialect} ${command}: ${line}`;
  const status = /^\* OK \[(UIDVALIDITY|HIGHESTMODSEQ) (\d+)\]/.exec(line);
  const exists = /^\* (\d+) EXISTS/.exec(line);
  const expunge = /^\* (\d+) EXPUNGE/.exec(line);
  const vanished = /^\* VANISHED (?!\(EARLIER\))(\S+)/.exec(line);
  const fetch = /^\* (\d+) (UID)?FETCH \((.*)\)$/s.exec(line);
  if (status?.[1] === 'UIDVALIDITY') model.uidValidity = Number(status[2]);
  else if (status?.[1] === 'HIGHESTMODSEQ') model.highest = Number(status[2]);
  else if (exists) {
    const count = Number(exists[1]);
    expect(count, where).toBeGreaterThanOrEqual(model.messages.length);
    while (model.messages.length < count)
      model.messages.push({ uid: undefined, flags: undefined, modseq: 0 });
  } else if (expunge) {
    expect(['plain', 'condstore'], where).toContain(model.dialect);
    // RFC 3501 §7.4.1, RFC 9051 §7.5.1: never while numbers are in use.
    expect(command, where).not.toMatch(/^(FETCH|STORE|SEARCH)/);
    expect(Number(expunge[1]), where).toBeLessThanOrEqual(model.messages.length);
    const [taken] = model.messages.splice(Number(expunge[1]) - 1, 1);
    if (taken?.uid !== undefined) model.gone.add(taken.uid);
  } else if (vanished) {
    expect(['qresync', 'uidonly'], where).toContain(model.dialect);
    expect(command, where).not.toMatch(/^(FETCH|STORE|SEARCH)/);
    for (const uid of expand(vanished[1] ?? '')) take(model, uid, where);
  } else if (fetch) learn(model, Number(fetch[1]), fetch[2] === 'UID', fetch[3] ?? '', where);
}

function take(model: Model, uid: number, where: string): void {
  const at = model.messages.findIndex((message) => message.uid === uid);
  const index = at >= 0 ? at : placeOf(model, uid);
  expect(index, where).toBeGreaterThanOrEqual(0);
  model.messages.splice(index, 1);
  model.gone.add(uid);
}

/** Where a message whose UID was never told must stand: the unknown ones between the neighbours are all alike. */
function placeOf(model: Model, uid: number): number {
  if (model.dialect === 'uidonly') return model.messages.findIndex((message) => message.uid === undefined);
  const before = model.messages.findLastIndex((message) => message.uid !== undefined && message.uid < uid);
  const next = model.messages.findIndex((message, index) => index > before && message.uid === undefined);
  const after = model.messages.findIndex((message) => message.uid !== undefined && message.uid > uid);
  return after >= 0 && next > after ? -1 : next;
}

function learn(model: Model, number: number, byUid: boolean, text: string, where: string): void {
  expect(byUid, where).toBe(model.dialect === 'uidonly');
  const told = byUid ? number : Number(/UID (\d+)/.exec(text)?.[1] ?? Number.NaN);
  const message = byUid ? findUid(model, number) : model.messages[number - 1];
  expect(message, where).toBeDefined();
  if (!message) return;
  if (!Number.isNaN(told)) {
    expect(model.gone.has(told), `${where} came back`).toBe(false);
    if (message.uid !== undefined) expect(told, where).toBe(message.uid);
    message.uid = told;
    checkOrder(model, message, where);
  }
  const modseq = Number(/MODSEQ \((\d+)\)/.exec(text)?.[1] ?? 0);
  if (modseq > 0) {
    expect(modseq, where).toBeGreaterThanOrEqual(message.modseq);
    message.modseq = modseq;
    model.highest = Math.max(model.highest, modseq);
  }
  const flags = /FLAGS \(([^)]*)\)/.exec(text)?.[1];
  if (flags !== undefined) message.flags = sorted(flags);
}

/** By UID alone, positions do not matter: an unknown one is the first that nobody has named. */
function findUid(model: Model, uid: number): Known | undefined {
  return (
    model.messages.find((message) => message.uid === uid) ??
    model.messages.find((message) => message.uid === undefined)
  );
}

/** UIDs ascend with sequence numbers (RFC 3501 §2.3.1.1). */
function checkOrder(model: Model, message: Known, where: string): void {
  if (model.dialect === 'uidonly') return;
  const at = model.messages.indexOf(message);
  for (const [index, other] of model.messages.entries()) {
    if (other.uid === undefined || other === message || message.uid === undefined) continue;
    expect(index < at ? other.uid < message.uid : other.uid > message.uid, where).toBe(true);
  }
}

function sorted(flags: string): string {
  return flags.split(' ').filter(Boolean).sort().join(' ');
}

function expand(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [low = 0, high = low] = range.split(':').map(Number);
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
}

const FLAGS = ['\\Seen', '\\Flagged', '\\Answered', '\\Deleted', 'kw1', '$Forwarded'];
/** Growth by COPY and APPEND is bounded, so that a run stays quick. */
const MAX_SIZE = 60;

/** One random command; every answer goes through the model. */
export async function act(model: Model, pick: () => number): Promise<void> {
  const size = model.messages.length;
  const flag = FLAGS[Math.floor(pick() * FLAGS.length)] ?? '';
  const choice = Math.floor(pick() * 14);
  if ((choice === 0 && size < MAX_SIZE) || size === 0) return append(model, pick);
  if (choice === 1) return idle(model);
  const uidOnly = model.dialect === 'uidonly';
  const known = model.messages.flatMap((message) => message.uid ?? []);
  const uid = known[Math.floor(pick() * known.length)] ?? 1;
  const [a = 1, b = 1] = [1 + Math.floor(pick() * size), 1 + Math.floor(pick() * size)].sort((x, y) => x - y);
  const set = uidOnly ? `${uid}:${uid + 3}` : `${a}:${b}`;
  const prefix = uidOnly ? 'UID ' : '';
  const commands = [
    'NOOP',
    `${prefix}STORE ${set} +FLAGS (${flag})`,
    `UID STORE ${uid} -FLAGS (${flag})`,
    `${prefix}STORE ${uidOnly ? uid : a} FLAGS (${flag})`,
    `UID STORE ${uid} (UNCHANGEDSINCE ${Math.max(1, model.highest - 3)}) +FLAGS.SILENT (${flag})`,
    `${prefix}FETCH ${set} (UID FLAGS)`,
    `UID FETCH ${uid} BODY[]`,
    'EXPUNGE',
    `UID EXPUNGE ${uid}`,
    `${prefix}SEARCH ${flag.startsWith('\\') ? flag.slice(1).toUpperCase() : `KEYWORD ${flag}`}`,
    size < MAX_SIZE ? `UID COPY ${uid} INBOX` : `UID MOVE ${uid} Archive`,
    'CHECK',
  ];
  const command = commands[choice - 2] ?? 'NOOP';
  // A silent change is learnt by asking, so that the model knows what the server holds.
  if (command.includes('UNCHANGEDSINCE') && model.dialect === 'plain') return void (await say(model, 'NOOP'));
  const tagged = await say(model, command);
  expect(tagged, command).toMatch(/^OK/);
  if (command.includes('SILENT')) await say(model, `UID FETCH ${uid} (UID FLAGS)`);
}

async function append(model: Model, pick: () => number): Promise<void> {
  const { lines, tagged } = await model.talker.literals([
    'APPEND INBOX ',
    `Subject: n${pick()}\r\n\r\nx\r\n`,
  ]);
  for (const line of lines) believe(model, line, 'APPEND');
  expect(tagged).toMatch(/^OK \[APPENDUID/);
}

async function idle(model: Model): Promise<void> {
  model.talker.send('idl IDLE\r\n');
  for (let line = await model.talker.line(); line !== '+ idling'; line = await model.talker.line())
    believe(model, line, 'IDLE');
  await new Promise((resolve) => setTimeout(resolve, 5));
  model.talker.send('DONE\r\n');
  for (;;) {
    const line = await model.talker.line();
    if (line.startsWith('idl ')) {
      expect(line).toMatch(/^idl OK/);
      return;
    }
    believe(model, line, 'IDLE');
  }
}

/** After a NOOP the model must be what the server holds; gives that as text. */
export async function settle(model: Model): Promise<string> {
  await say(model, 'NOOP');
  const before = model.messages.map((message) => ({ ...message }));
  await say(model, 'UID FETCH 1:* (UID FLAGS)');
  expect(model.messages).toHaveLength(before.length);
  for (const message of before) {
    if (message.uid === undefined) continue;
    const now = model.messages.find((other) => other.uid === message.uid);
    expect(now, `${model.dialect}: UID ${message.uid}`).toBeDefined();
    if (message.flags !== undefined)
      expect(now?.flags, `${model.dialect}: flags of UID ${message.uid}`).toBe(message.flags);
  }
  return model.messages.map((message) => `${message.uid} ${message.flags}`).join('\n');
}

/** What a client knew when it left: the base of a QRESYNC. */
export interface Snapshot {
  uidValidity: number;
  modseq: number;
  flags: Map<number, string>;
}

export async function snapshot(model: Model): Promise<Snapshot> {
  await settle(model);
  const [line = ''] = await model.talker.ok('STATUS INBOX (UIDVALIDITY HIGHESTMODSEQ)');
  await settle(model);
  const [, uidValidity, modseq] = /UIDVALIDITY (\d+) HIGHESTMODSEQ (\d+)/.exec(line) ?? [];
  // What was told after STATUS is told again by a QRESYNC from that modseq: telling twice is allowed.
  const flags = new Map(
    model.messages.flatMap((message): [number, string][] =>
      message.uid === undefined ? [] : [[message.uid, message.flags ?? '']],
    ),
  );
  return { uidValidity: Number(uidValidity), modseq: Number(modseq), flags };
}

/** Comes back with QRESYNC: the old knowledge and what is told must make up the mailbox as it is. */
export async function resynchronise(kit: MailKit, user: string, old: Snapshot): Promise<void> {
  const talker = await kit.signIn(user);
  await talker.ok('ENABLE QRESYNC');
  const lines = await talker.ok(`SELECT INBOX (QRESYNC (${old.uidValidity} ${old.modseq}))`);
  const flags = new Map(old.flags);
  for (const line of lines) {
    const earlier = /^\* VANISHED \(EARLIER\) (\S+)/.exec(line);
    const fetch = /^\* \d+ FETCH \(UID (\d+) MODSEQ \(\d+\) FLAGS \(([^)]*)\)\)/.exec(line);
    if (earlier) for (const uid of expand(earlier[1] ?? '')) flags.delete(uid);
    if (fetch) flags.set(Number(fetch[1]), sorted(fetch[2] ?? ''));
  }
  const truth = (await talker.ok('UID FETCH 1:* FLAGS')).flatMap((line): [number, string][] => {
    const found = /^\* \d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\)/.exec(line);
    return found ? [[Number(found[1]), sorted(found[2] ?? '')]] : [];
  });
  expect([...flags].sort(([a], [b]) => a - b)).toEqual(truth);
  talker.close();
}
