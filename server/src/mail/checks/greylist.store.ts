import { one, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface Triplet {
  network: string;
  sender: string;
  recipient: string;
}

/**
 * Notes that a triplet has come and tells whether it may pass: it came first between `delay` and `retry` ago, or has
 * passed before and never been silent for longer than `pass` (all in seconds).
 */
export async function touchTriplet(
  db: Queryable,
  { network, sender, recipient }: Triplet,
  rules: { delay: number; retry: number; pass: number },
  now: Date,
): Promise<boolean> {
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
  const kept = before(rules.pass);
  const row = await one(
    db,
    sql<{ passed: boolean }>`
      insert into mail.greylist as g (network, sender, recipient, first_at, last_at)
      values (${network}, ${sender}, ${recipient}, ${now}, ${now})
      on conflict (network, sender, recipient) do update set
        last_at = ${now},
        first_at = case
          when g.passed_at is null and g.first_at < ${before(rules.retry)} then ${now}
          when g.passed_at is not null and g.last_at < ${kept} then ${now}
          else g.first_at end,
        passed_at = case
          when g.passed_at is not null and g.last_at >= ${kept} then g.passed_at
          when g.passed_at is null and g.first_at between ${before(rules.retry)} and ${before(rules.delay)} then ${now}
        end
      returning passed_at is not null as passed`,
  );
  return row.passed;
}

/** Forgets triplets that would begin anew anyway. */
export function sweepTriplets(db: Queryable, waitingBefore: Date, passedBefore: Date): Promise<number> {
  return run(
    db,
    sql`delete from mail.greylist where last_at < ${passedBefore} or (passed_at is null and last_at < ${waitingBefore})`,
  );
}
