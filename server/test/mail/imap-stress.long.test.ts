import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailKit, startMail } from './imap-kit.ts';
import { act, type Dialect, openModel, random, resynchronise, settle, snapshot } from './imap-model.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

const DIALECTS: Dialect[] = ['plain', 'condstore', 'qresync', 'uidonly'];
const SESSIONS = 16;
const ROUNDS = Number(process.env['HONGYAN_STRESS_ROUNDS'] ?? 20);
const STEPS = 150;

test('[MAIL-3] sixteen sessions, round after round, with clients that leave and come back', {
  timeout: 3_600_000,
}, async () => {
  const id = await kit.person('long');
  for (let n = 0; n < 20; n++) await kit.put(id, 'INBOX', `Subject: ${n}\n\nx\n`);
  const seed = Number(process.env['HONGYAN_STRESS_SEED'] ?? 7);
  for (let round = 0; round < ROUNDS; round++) {
    const models = await Promise.all(
      Array.from({ length: SESSIONS }, (_, n) => openModel(kit, 'long', DIALECTS[n % 4] ?? 'plain')),
    );
    const [first] = models;
    if (!first) throw new Error('no session');
    const old = await snapshot(first);
    await Promise.all(
      models.map(async (model, index) => {
        const pick = random(seed + round * 1_000 + index);
        for (let step = 0; step < STEPS; step++) await act(model, pick);
      }),
    );
    const endings: string[] = [];
    for (const model of models) endings.push((await settle(model)).split('\n').sort().join('\n'));
    for (const ending of endings) expect(ending, `round ${round}`).toBe(endings[0]);
    await resynchronise(kit, 'long', old);
    for (const model of models) model.talker.close();
  }
});
