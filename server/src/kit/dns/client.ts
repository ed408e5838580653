import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import { type DnsAnswer, decodeAnswer, encodeQuery } from './wire.ts';

export interface DnsServer {
  host: string;
  port: number;
}

/** Patience with one server for one try; mail waits for this. */
const TRY_MS = 2_000;
const TRIES = 2;
/** A TCP answer is at most this long anyway (two octets of length). */
const MAX_TCP = 65_535;

/** Asks servers in turn: UDP, TCP when cut. Rejects when none answers in time; SERVFAIL and NXDOMAIN are answers. */
export async function queryServers(
  servers: readonly DnsServer[],
  name: string,
  type: number,
  tryMs = TRY_MS,
): Promise<DnsAnswer> {
  let last: Error = new Error('no resolver is set');
  for (let round = 0; round < TRIES; round++) {
    for (const server of servers) {
      try {
        const answer = await overUdp(server, name, type, tryMs);
        const whole = answer.truncated ? await overTcp(server, name, type, tryMs) : answer;
        // Another server may know more; the last word counts.
        if (whole.code !== 0 && whole.code !== 3 && servers.length > 1 && server !== servers.at(-1)) continue;
        return whole;
      } catch (error) {
        last = error instanceof Error ? error : new Error('failed');
      }
    }
  }
  throw last;
}

/** A socket a query, so that the port is as hard to guess as the number (RFC 5452). */
function overUdp(server: DnsServer, name: string, type: number, tryMs: number): Promise<DnsAnswer> {
  const id = randomInt(65_536);
  const query = encodeQuery(id, name, type);
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(server.host) === 6 ? 'udp6' : 'udp4');
    const finish = (act: () => void) => {
      clearTimeout(timer);
      socket.close();
      act();
    };
    const timer = setTimeout(() => finish(() => reject(new Error('the resolver is silent'))), tryMs);
    socket.once('error', (error) => finish(() => reject(error)));
    socket.on('message', (bytes) => {
      const answer = decodeAnswer(bytes);
      // Somebody else's, or forged: the true one may still come.
      if (answer && matches(answer, id, name, type)) finish(() => resolve(answer));
    });
    // Connected: only this server is heard, and a closed port is told at once.
    socket.connect(server.port, server.host, () => socket.send(query));
  });
}

function overTcp(server: DnsServer, name: string, type: number, tryMs: number): Promise<DnsAnswer> {
  const id = randomInt(65_536);
  const query = encodeQuery(id, name, type);
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, server.host);
    let input: Buffer = Buffer.alloc(0);
    const finish = (act: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      act();
    };
    const timer = setTimeout(() => finish(() => reject(new Error('the resolver is silent'))), tryMs);
    socket.once('error', (error) => finish(() => reject(error)));
    socket.once('close', () => finish(() => reject(new Error('the resolver hung up'))));
    socket.on('data', (chunk) => {
      input = Buffer.concat([input, chunk]);
      const length = input.length < 2 ? MAX_TCP : input.readUInt16BE(0);
      if (input.length < length + 2) return;
      const answer = decodeAnswer(input.subarray(2, length + 2));
      finish(() =>
        answer && matches(answer, id, name, type) ? resolve(answer) : reject(new Error('a wrong answer')),
      );
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
}

function matches(answer: DnsAnswer, id: number, name: string, type: number): boolean {
  const { question } = answer;
  return (
    answer.id === id &&
    question?.type === type &&
    question.name.toLowerCase() === Buffer.from(name.replace(/\.$/, '')).toString('latin1').toLowerCase()
  );
}
