import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailKit, startMail } from './imap-kit.ts';
import { act, type Dialect, openModel, random, resynchronise, settle, snapshot } from './imap-model.ts';

let kit: MailKit;
beforeAll(async () => {
  kit = await startMail();
});
afterAll(() => kit.stop());

const DIALECTS: Dialect[] = ['plain', 'condstore', 'qresync', 'uidonly', 'plain', 'qresync'];

test('[MAIL-3] six sessions of four dialects at once on one mailbox: every answer fits, and all end alike', {
  timeout: 60_000,
}, async () => {
  const id = await kit.person('stress');
  for (let n = 0; n < 20; n++) await kit.put(id, 'INBOX', `Subject: ${n}\n\nx\n`);
  const models = await Promise.all(DIALECTS.map((dialect) => openModel(kit, 'stress', dialect)));
  const [first] = models;
  if (!first) throw new Error('no session');
  const old = await snapshot(first);
  await Promise.all(
    models.map(async (model, index) => {
      const pick = random(index + 1);
      for (let step = 0; step < 80; step++) await act(model, pick);
    }),
  );
  const endings: string[] = [];
  for (const model of models) endings.push(await settle(model));
  const byUid = (ending: string) => ending.split('\n').sort().join('\n');
  for (const ending of endings) expect(byUid(ending)).toBe(byUid(endings[0] ?? ''));
  await resynchronise(kit, 'stress', old);
});
