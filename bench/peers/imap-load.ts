import { createConnection, type Socket } from 'node:net';

export interface Answer {
  /** Octets of everything that came. */
  octets: number;
  /** Its last few hundred octets. */
  end: string;
}

/** A bare IMAP (or POP3) connection: sends a command, swallows the answer, counts its octets. */
export interface LineClient {
  /** Sends a command and waits for its tagged answer. */
  command(text: string): Promise<Answer>;
  /** Sends without waiting. */
  send(text: string): void;
  /** Waits for a line that begins so. */
  until(start: string): Promise<Answer>;
  close(): void;
}

export async function connect(port: number): Promise<LineClient> {
  const socket: Socket = createConnection(port, '127.0.0.1');
  socket.setNoDelay(true);
  let tail = '';
  let octets = 0;
  let wanted: RegExp | undefined;
  let wake: ((error?: Error) => void) | undefined;
  let tags = 0;

  // Only the end of what came is looked at: the answer may be megabytes.
  const check = () => {
    const match = wanted?.exec(tail);
    if (!match) return;
    const done = wake;
    wanted = undefined;
    wake = undefined;
    done?.(/ (NO|BAD) /.test(match[0]) ? new Error(match[0]) : undefined);
  };
  socket.on('data', (chunk: Buffer) => {
    octets += chunk.length;
    tail = (tail + chunk.toString('latin1')).slice(-600);
    check();
  });
  socket.on('close', () => wake?.(new Error('the server closed the connection')));
  socket.on('error', () => undefined);

  function wait(pattern: RegExp): Promise<Answer> {
    octets = 0;
    return new Promise((resolve, reject) => {
      wanted = pattern;
      wake = (error) => {
        const end = tail;
        tail = '';
        if (error) reject(error);
        else resolve({ octets, end });
      };
      check();
    });
  }

  const client: LineClient = {
    command(text) {
      const tag = `b${++tags}`;
      const answer = wait(new RegExp(`(?:^|\\r\\n)${tag} (?:OK|NO|BAD) [^\\r]*\\r\\n$`));
      socket.write(`${tag} ${text}\r\n`);
      return answer;
    },
    send: (text) => void socket.write(text),
    until: (start) => wait(new RegExp(`(?:^|\\r\\n)${start.replace(/[+.]/g, '\\$&')}[^\\r]*\\r\\n$`)),
    close: () => void socket.destroy(),
  };
  return client;
}

export async function imap(port: number, user: string, password: string): Promise<LineClient> {
  const client = await connect(port);
  await client.until('* OK');
  await client.command(`LOGIN "${user}" "${password}"`);
  return client;
}

/** Milliseconds that something takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
