import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailKit, startMail } from './imap-kit.ts';
import type { Talker } from './imap-talker.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

/** A client that believes every untagged answer and remembers nothing else. */
interface Client {
  talker: Talker;
  /** By sequence number - 1; undefined until it learns the UID. */
  messages: { uid: number | undefined; flags: Set<string> | undefined }[];
}

/** Small and seeded, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function believe(client: Client, line: string, command: string): void {
  const exists = /^\* (\d+) EXISTS/.exec(line);
  const expunge = /^\* (\d+) EXPUNGE/.exec(line);
  const fetch = /^\* (\d+) FETCH \(/.exec(line);
  if (exists) {
    const count = Number(exists[1]);
    expect(count, `${command}: ${line}`).toBeGreaterThanOrEqual(client.messages.length);
    while (client.messages.length < count) client.messages.push({ uid: undefined, flags: undefined });
  } else if (expunge) {
    expect(command, line).not.toMatch(/^(FETCH|STORE|SEARCH)/);
    expect(Number(expunge[1]), `${command}: ${line}`).toBeLessThanOrEqual(client.messages.length);
    client.messages.splice(Number(expunge[1]) - 1, 1);
  } else if (fetch) {
    const message = client.messages[Number(fetch[1]) - 1];
    expect(message, `${command}: ${line}`).toBeDefined();
    if (!message) return;
    const uid = /UID (\d+)/.exec(line)?.[1];
    if (uid !== undefined) {
      if (message.uid !== undefined) expect(Number(uid), `${command}: ${line}`).toBe(message.uid);
      message.uid = Number(uid);
    }
    const flags = /FLAGS \(([^)]*)\)/.exec(line)?.[1];
    if (flags !== undefined) message.flags = new Set(flags === '' ? [] : flags.split(' '));
  }
}

async function say(client: Client, command: string): Promise<string> {
  const { lines, tagged } = await client.talker.run(command);
  for (const line of lines) believe(client, line, command);
  return tagged;
}

async function act(client: Client, pick: () => number): Promise<void> {
  const size = client.messages.length;
  const one = () => 1 + Math.floor(pick() * size);
  const flag = ['\\Seen', '\\Flagged', '\\Answered', '\\Deleted', 'kw1'][Math.floor(pick() * 5)] ?? '';
  const choice = Math.floor(pick() * 10);
  if (choice === 0 || size === 0) {
    const { lines, tagged } = await client.talker.literals([
      'APPEND INBOX ',
      `Subject: n${pick()}\r\n\r\nx\r\n`,
    ]);
    for (const line of lines) believe(client, line, 'APPEND');
    expect(tagged).toMatch(/^OK/);
    return;
  }
  const [a, b] = [one(), one()].sort((x, y) => x - y);
  const commands = [
    'NOOP',
    `STORE ${a}:${b} +FLAGS (${flag})`,
    `STORE ${a} -FLAGS.SILENT (${flag})`,
    `STORE ${a} +FLAGS.SILENT (${flag})`,
    `FETCH ${a}:${b} (UID FLAGS)`,
    `FETCH ${a} BODY[]`,
    'EXPUNGE',
    `SEARCH ${flag === 'kw1' ? 'KEYWORD kw1' : flag.slice(1).toUpperCase()}`,
    pick() < 0.3 ? `MOVE ${a} Archive` : `COPY ${a}:${b} INBOX`,
  ];
  const command = commands[choice - 1] ?? 'NOOP';
  // Growth by COPY is bounded, so that the test stays quick.
  if (command.startsWith('COPY') && size > 60) return void (await say(client, 'UID FETCH 1:* FLAGS'));
  const silent = /^STORE (\d+) ([+-])FLAGS.SILENT \((.*)\)$/.exec(command);
  const target = silent ? client.messages[Number(silent[1]) - 1] : undefined;
  const flagsBefore = target?.flags;
  const tagged = await say(client, command);
  expect(tagged, command).toMatch(/^OK/);
  // A client applies its own silent change by itself, unless the server told it more.
  if (silent && target?.flags && target.flags === flagsBefore && !tagged.includes('EXPUNGEISSUED')) {
    if (silent[2] === '+') target.flags.add(silent[3] ?? '');
    else target.flags.delete(silent[3] ?? '');
  }
}

test('[MAIL-3] six clients at once on one mailbox all end with the same messages and flags', {
  timeout: 60_000,
}, async () => {
  const id = await kit.person('stress');
  for (let n = 0; n < 20; n++) await kit.put(id, 'INBOX', `Subject: ${n}\n\nx\n`);
  const clients: Client[] = [];
  for (let n = 0; n < 6; n++) {
    const client: Client = { talker: await kit.signIn('stress'), messages: [] };
    await say(client, 'SELECT INBOX');
    await say(client, 'FETCH 1:* (UID FLAGS)');
    clients.push(client);
  }
  await Promise.all(
    clients.map(async (client, index) => {
      const pick = random(index + 1);
      for (let step = 0; step < 120; step++) await act(client, pick);
    }),
  );
  const endings: string[][] = [];
  for (const client of clients) {
    await say(client, 'NOOP');
    const believed = client.messages.map((message) => [
      message.uid,
      message.flags && [...message.flags].sort().join(' '),
    ]);
    const truth = await client.talker.ok('FETCH 1:* (UID FLAGS)');
    expect(truth).toHaveLength(client.messages.length);
    for (const [index, line] of truth.entries()) {
      const [uid, flags] = believed[index] ?? [];
      if (uid !== undefined) expect(line).toContain(`(UID ${uid} `);
      if (flags !== undefined)
        expect(/FLAGS \((.*)\)\)$/.exec(line)?.[1]?.split(' ').sort().join(' ')).toBe(flags);
    }
    endings.push(truth);
  }
  for (const ending of endings) expect(ending).toEqual(endings[0]);
});
