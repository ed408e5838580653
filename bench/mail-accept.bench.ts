import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { freePorts, startProcess } from '../server/test/kit/product-process.ts';
import type { Figures } from './run.ts';

const BODY = 'x'.repeat(70).concat('\r\n').repeat(56);
const MESSAGES = 600;

/** Messages of 4 kB accepted and delivered per second, durable, by the real product: one connection against 32. */
export async function run(): Promise<Figures> {
  const data = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  chmodSync(data, 0o755);
  const product = await startProcess({ data, ports: await freePorts() });
  try {
    await send(product.ports.smtp, 8, 100);
    return {
      messages: MESSAGES,
      bytes: BODY.length,
      oneConnectionPerSecond: await send(product.ports.smtp, 1, MESSAGES / 4),
      thirtyTwoConnectionsPerSecond: await send(product.ports.smtp, 32, MESSAGES),
    };
  } finally {
    await product.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  }
}

async function send(port: number, connections: number, count: number): Promise<number> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      transport.sendMail({
        from: 'bench@example.org',
        to: 'liqiang@beichen.test',
        subject: `bench ${n}`,
        text: BODY,
      }),
    ),
  );
  transport.close();
  return Math.round((count / (performance.now() - start)) * 1_000);
}
