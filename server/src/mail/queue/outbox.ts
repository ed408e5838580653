import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock/index.ts';
import type { RemoteJob, RemoteTransport, Verdict } from './types.ts';

/**
 * Under sample data nothing goes to the network: mail for other domains is written to `<id>.eml` with its envelope
 * in `<id>.json`, where tests and curious people find it.
 */
export function createOutboxTransport(folder: string, clock: Clock): RemoteTransport {
  return {
    async send(job) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const id = `${job.ref}-${job.domain.replace(/[^a-z0-9.-]/gi, '_').slice(0, 100)}`;
      await writeFile(join(folder, `${id}.eml`), job.open());
      await writeFile(join(folder, `${id}.json`), [
        Buffer.from(`${JSON.stringify(envelopeOf(job, clock), null, 2)}\n`),
      ]);
      return job.recipients.map(
        (): Verdict => ({
          kind: 'relayed',
          status: '2.0.0',
          reply: `written to the outbox as ${id}`,
          remote: 'outbox',
          dsn: false,
        }),
      );
    },
  };
}

function envelopeOf(job: RemoteJob, clock: Clock) {
  return {
    id: job.ref,
    time: clock.now().toISOString(),
    from: job.sender,
    to: job.recipients.map((recipient) => recipient.address),
    size: job.size,
    smtputf8: job.smtputf8,
    ret: job.ret,
    envid: job.envid,
    notify: job.recipients.map((recipient) => recipient.notify ?? null),
  };
}

/** Whole or not at all: a reader never sees half a file. */
async function writeFile(path: string, pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}
