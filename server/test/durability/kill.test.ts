import { expect, it } from 'vitest';
import { killAgainAndAgain } from './kills.ts';

it('loses nothing acknowledged, delivers nothing twice and sticks no case over 10 kills', {
  timeout: 600_000,
}, async () => {
  const report = await killAgainAndAgain(10, 20261123);
  console.log(JSON.stringify({ ...report, mailLost: report.mailLost.length }));
  expect(report.mailAcknowledged).toBeGreaterThan(10);
  expect(report.casesAcknowledged).toBeGreaterThan(0);
  expect(report).toMatchObject({
    mailLost: [],
    mailTwice: [],
    casesLost: [],
    casesStuck: [],
    mailboxesMissing: [],
  });
});
