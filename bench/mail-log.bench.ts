import { createClock } from '../server/src/kit/clock/index.ts';
import type { LogFilter } from '../server/src/mail/log/log.store.ts';
import { indexLog } from '../server/src/mail/log/log-indexer.ts';
import { searchLog } from '../server/src/mail/log/search.ts';
import { measure, ownDatabase } from './own-database.ts';
import type { Figures } from './run.ts';

const MESSAGES = Number(process.env['MESSAGES'] ?? 10_000_000);
const STEP = 500_000;

/** The message log at ten million rows: a page of 50 by subject, address, number, state and time, at the server. */
export async function run(): Promise<Figures> {
  const { db, pool, stop } = await ownDatabase();
  try {
    for (let from = 0; from < MESSAGES; from += STEP) {
      await pool.query(
        `insert into mail.transfer (transfer_id, ref, origin, sender, body_hash, size_bytes, subject, created_at, expires_at)
         select n, 'ref' || n, case n % 3 when 0 then 'submission' else 'mx' end,
           'sender' || n % 100003 || '@' || case n % 7 when 0 then 'beichen.test' else 'host' || n % 5003 || '.example' end, '\\x00',
           1000 + n % 90000, case when n % 1000000 = 77 then '年度盘点报告 ' || n when n % 50 = 0 then '关于第' || n % 400 || '次会议的通知'
             else 'weekly report number ' || n % 99991 end,
           '2026-06-01'::timestamptz + n * interval '1 second', '2027-01-01'
         from generate_series($1::bigint + 1, $2::bigint) n`,
        [from, Math.min(MESSAGES, from + STEP)],
      );
      await pool.query(
        `insert into mail.recipient (recipient_id, transfer_id, address, domain, account_id, state, next_at)
         select n, n, 'reader' || n % 20011 || '@beichen.test', 'beichen.test', n % 20011 + 1,
           case when n % 20000 = 3 then 'failed' else 'delivered' end, '2026-06-01'
         from generate_series($1::bigint + 1, $2::bigint) n`,
        [from, Math.min(MESSAGES, from + STEP)],
      );
    }
    await pool.query('analyze mail.transfer, mail.recipient');
    const start = performance.now();
    const blocks = await indexLog({ db, clock: createClock() });
    const indexed = performance.now() - start;
    const figures: Figures = {
      messages: MESSAGES,
      blocks,
      indexMicrosecondsPerMessage: Math.round((indexed / MESSAGES) * 1_000),
    };
    for (const [name, filter] of Object.entries(searches())) {
      const { p50, p95 } = await measure(9, () => searchLog(db, { ...NOTHING, ...filter }, 51));
      figures[`${name} p50Milliseconds`] = p50;
      figures[`${name} p95Milliseconds`] = p95;
    }
    return figures;
  } finally {
    await stop();
  }
}

const NOTHING: LogFilter = {
  search: undefined,
  state: undefined,
  direction: undefined,
  from: undefined,
  before: undefined,
  after: undefined,
  accountId: undefined,
};

function searches(): Record<string, Partial<LogFilter>> {
  return {
    newest: {},
    rareSubject: { search: '盘点报告' },
    commonSubject: { search: '会议的通知' },
    oneAddress: { search: 'sender4711@' },
    oneNumber: { search: `ref${MESSAGES / 2}` },
    absent: { search: 'nothing of the kind' },
    failed: { state: 'failed' },
    failedRareSubject: { state: 'failed', search: 'number 77' },
    oneOldDay: { from: new Date('2026-06-10'), before: new Date('2026-06-11') },
    oldDayAndWord: { from: new Date('2026-06-10'), before: new Date('2026-06-11'), search: '会议' },
    onePerson: { accountId: 4_711 },
  };
}
