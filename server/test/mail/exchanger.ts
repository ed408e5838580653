import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface Script {
  /** EHLO keywords. */
  extensions?: string[];
  /** The name it greets with. */
  name?: string;
  greeting?: string;
  tls?: { cert: string; key: string };
  /** TLS from the first octet. */
  implicit?: boolean;
  /** Breaks the connection off inside DATA, when so many octets of the message have come. */
  breakAt?: number;
  /** Another answer to a command than 250; undefined = the usual one. */
  answer?: (line: string) => string | undefined;
}

export interface ScriptedExchanger {
  port: number;
  connections: number;
  /** All command lines, `TLS ` before those that came encrypted. */
  lines: string[];
  /** Messages taken, as they came (dots still doubled). */
  messages: string[];
  script: Script;
  close(): Promise<void>;
}

/** A mail exchanger that does what its script says. */
export async function scriptedExchanger(
  address: string,
  port: number,
  script: Script,
): Promise<ScriptedExchanger> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    exchanger.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const { tls, implicit } = exchanger.script;
    const channel =
      tls && implicit
        ? new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) })
        : socket;
    channel.on('error', () => undefined);
    channel.write(`${exchanger.script.greeting ?? '220 mx ESMTP'}\r\n`);
    talk(exchanger, channel);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  const at = server.address();
  const exchanger: ScriptedExchanger = {
    port: typeof at === 'object' && at ? at.port : 0,
    connections: 0,
    lines: [],
    messages: [],
    script,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return exchanger;
}

function talk(exchanger: ScriptedExchanger, first: Socket): void {
  let socket: Socket = first;
  let input = '';
  let inData = false;
  let chunk = 0;
  const say = (text: string) => socket.write(`${text}\r\n`);

  function take(data: Buffer): void {
    input += data.toString('latin1');
    if (inData && input.length >= (exchanger.script.breakAt ?? Number.POSITIVE_INFINITY)) {
      socket.destroy();
      return;
    }
    for (;;) {
      if (chunk > 0) {
        if (input.length < chunk) return;
        exchanger.messages.push(input.slice(0, chunk));
        input = input.slice(chunk);
        chunk = 0;
        say('250 2.0.0 chunk');
        continue;
      }
      const end = inData ? input.indexOf('\r\n.\r\n') : input.indexOf('\r\n');
      if (end < 0) return;
      const line = input.slice(0, end);
      input = input.slice(end + (inData ? 5 : 2));
      if (inData) {
        inData = false;
        exchanger.messages.push(`${line}\r\n`);
        say(exchanger.script.answer?.('.') ?? '250 2.0.0 taken');
      } else command(line);
    }
  }

  function command(line: string): void {
    const { script } = exchanger;
    exchanger.lines.push(`${socket instanceof TLSSocket ? 'TLS ' : ''}${line}`);
    const own = script.answer?.(line);
    const verb = line.slice(0, 4).toUpperCase();
    if (own !== undefined) say(own);
    else if (verb === 'EHLO') {
      const offered = [...(script.extensions ?? ['PIPELINING', '8BITMIME', 'SMTPUTF8'])];
      if (script.tls && !(socket instanceof TLSSocket)) offered.push('STARTTLS');
      const all = [script.name ?? 'mx.test', ...offered];
      say(all.map((text, at) => `250${at === all.length - 1 ? ' ' : '-'}${text}`).join('\r\n'));
    } else if (verb === 'STAR' && script.tls) {
      say('220 2.0.0 go');
      socket.removeAllListeners('data');
      const secureContext = createSecureContext(script.tls);
      socket = new TLSSocket(first, { isServer: true, secureContext });
      socket.on('error', () => undefined);
      socket.on('data', take);
    } else if (verb === 'DATA') {
      inData = true;
      say('354 go');
    } else if (verb === 'BDAT' && !line.includes(' 0 ')) chunk = Number(line.split(' ')[1]);
    else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
    else say('250 2.0.0 ok');
  }

  socket.on('data', take);
}
