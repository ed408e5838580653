import { bad, defineCommand, nothing, ok } from '../command.ts';
import { LIMITS } from '../limits.ts';

/** Longer than DONE, in case a client pads; anything else ends the IDLE as BAD. */
const MAX_DONE = 64;

/**
 * IDLE (RFC 2177): sleeps without a database connection until a signal, DONE, or the time to say that we are here.
 */
export const idle = defineCommand({
  name: 'IDLE',
  when: 'authenticated',
  updates: 'yes',
  parse: nothing,
  async run(session) {
    session.output.line('+ idling');
    let answer: Buffer | undefined;
    let answered = false;
    let ping = false;
    let failure: unknown;
    session.input
      .line(MAX_DONE)
      .then(
        (line) => {
          answer = line;
        },
        (error: unknown) => {
          failure = error;
        },
      )
      .finally(() => {
        answered = true;
        session.bell.ring();
      });
    session.idling = true;
    const timer = setInterval(() => {
      ping = true;
      session.bell.ring();
    }, LIMITS.idlePingMs);
    try {
      await session.sync('always');
      await session.output.flush();
      while (!answered) {
        await session.bell.wait();
        if (answered) break;
        if (ping) session.output.line('* OK Still here');
        ping = false;
        await session.sync('yes');
        await session.notifier?.tellOthers();
        await session.output.flush();
      }
    } finally {
      clearInterval(timer);
      session.idling = false;
    }
    if (failure) throw failure;
    if (answer === undefined) return ok('Idle ended');
    return /^done$/i.test(answer.toString('latin1').trim()) ? ok('Idle completed') : bad('Expected DONE');
  },
});
