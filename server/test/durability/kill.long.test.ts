import { expect, it } from 'vitest';
import { killAgainAndAgain } from './kills.ts';

it('loses nothing acknowledged, delivers nothing twice and sticks no case over 100 kills', {
  timeout: 3_600_000,
}, async () => {
  const report = await killAgainAndAgain(100, 7);
  console.log(JSON.stringify({ ...report, mailLost: report.mailLost.length }));
  expect(report.mailAcknowledged).toBeGreaterThan(100);
  expect(report.casesAcknowledged).toBeGreaterThan(0);
  expect(report).toMatchObject({
    mailLost: [],
    mailTwice: [],
    casesLost: [],
    casesStuck: [],
    mailboxesMissing: [],
  });
});
