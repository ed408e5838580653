import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What a command was answered with: every line before the tagged one (literals included in their line), then it. */
export interface Answer {
  lines: string[];
  tagged: string;
}

/** A client that speaks IMAP byte by byte, so that a test sees exactly what is sent. */
export interface Talker {
  greeting: string;
  /** Sends a command with a tag of its own and waits for the tagged answer. */
  run(command: string): Promise<Answer>;
  /** As run, and throws unless the answer is OK. */
  ok(command: string): Promise<string[]>;
  /** Sends text and literals in turn (text first, text last or nothing), each literal when the server asks for it. */
  literals(parts: string[]): Promise<Answer>;
  send(text: string | Buffer): void;
  /** The next line, literals included; rejects after `ms`. */
  line(ms?: number): Promise<string>;
  startTls(): Promise<void>;
  closed: Promise<void>;
  close(): void;
}

export async function talk(port: number, options: { tls?: boolean } = {}): Promise<Talker> {
  let socket: Socket = options.tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect({ port, host: '127.0.0.1' });
  let buffer = '';
  let ended = false;
  let wake: (() => void) | undefined;
  let count = 0;
  const onData = (chunk: Buffer) => {
    buffer += chunk.toString('latin1');
    wake?.();
  };
  let closedNow: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    closedNow = resolve;
  });
  const onClose = () => {
    ended = true;
    closedNow();
    wake?.();
  };
  const attach = () => {
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('error', () => undefined);
  };
  attach();

  /** One logical line: goes on behind each literal. */
  function takeLine(): string | undefined {
    let from = 0;
    for (;;) {
      const end = buffer.indexOf('\r\n', from);
      if (end < 0) return undefined;
      const literal = /\{(\d+)\}$/.exec(buffer.slice(from, end));
      if (!literal) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return line;
      }
      from = end + 2 + Number(literal[1]);
      if (buffer.length < from) return undefined;
    }
  }

  async function line(ms = 5_000): Promise<string> {
    const until = Date.now() + ms;
    for (;;) {
      const found = takeLine();
      if (found !== undefined) return found;
      if (ended) throw new Error(`connection closed; unread: ${buffer}`);
      const left = until - Date.now();
      if (left <= 0) throw new Error(`no line within ${ms} ms; unread: ${buffer}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  }

  async function untilTagged(tag: string): Promise<Answer> {
    const lines: string[] = [];
    for (;;) {
      const next = await line(20_000);
      if (next.startsWith(`${tag} `)) return { lines, tagged: next.slice(tag.length + 1) };
      lines.push(next);
    }
  }

  const talker: Talker = {
    greeting: '',
    closed,
    line,
    send: (text) => socket.write(text),
    async run(command) {
      const tag = `a${++count}`;
      socket.write(Buffer.from(`${tag} ${command}\r\n`, 'utf8'));
      return untilTagged(tag);
    },
    async ok(command) {
      const { lines, tagged } = await talker.run(command);
      if (!tagged.startsWith('OK')) throw new Error(`${command}: ${tagged}`);
      return lines;
    },
    async literals(parts) {
      const tag = `a${++count}`;
      let text = tag;
      for (const [index, part] of parts.entries()) {
        if (index % 2 === 0) text += index === 0 ? ` ${part}` : part;
        else {
          socket.write(Buffer.from(`${text}{${Buffer.byteLength(part)}}\r\n`));
          const answer = await line();
          if (!answer.startsWith('+')) return { lines: [], tagged: answer.slice(tag.length + 1) };
          text = part;
        }
      }
      socket.write(Buffer.from(`${text}\r\n`));
      return untilTagged(tag);
    },
    async startTls() {
      socket.off('data', onData);
      socket.off('close', onClose);
      const tls = connectTls({ socket, rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => {
        tls.once('secureConnect', resolve);
        tls.once('error', reject);
      });
      socket = tls;
      attach();
    },
    close: () => socket.destroy(),
  };
  talker.greeting = await line();
  return talker;
}
