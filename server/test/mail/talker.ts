import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** Speaks a line protocol by hand: for what no decent client would send. */
export class Talker {
  private input = '';
  private waiting: (() => void) | undefined;
  private socket: Socket;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.attach(socket);
  }

  static async open(port: number, tls = false): Promise<Talker> {
    const socket = tls
      ? tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : connect({ port, host: '127.0.0.1' });
    await new Promise((resolve, reject) =>
      socket.once(tls ? 'secureConnect' : 'connect', resolve).once('error', reject),
    );
    return new Talker(socket);
  }

  private attach(socket: Socket): void {
    socket.on('data', (bytes) => {
      this.input += bytes.toString('utf8');
      this.waiting?.();
    });
    socket.on('close', () => {
      this.closed = true;
      this.waiting?.();
    });
    socket.on('error', () => undefined);
  }

  async startTls(): Promise<void> {
    this.socket.removeAllListeners('data');
    const secure = tlsConnect({ socket: this.socket, rejectUnauthorized: false });
    await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    this.socket = secure;
    this.attach(secure);
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** One reply of SMTP (all its lines) or one line of POP3. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\n]*\n)*(?:\d{3}(?: [^\n]*)?|[+-][^\n]*)\n/.exec(this.input);
      if (match) {
        this.input = this.input.slice(match[0].length);
        return match[0].trimEnd();
      }
      if (this.closed) return '';
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no reply; got ${JSON.stringify(this.input)}`)),
          10_000,
        );
        this.waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async say(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** Lines up to the dot (POP3). */
  async until(end: string): Promise<string> {
    while (!this.input.includes(end)) {
      if (this.closed) break;
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    const at = this.input.indexOf(end) + end.length;
    const text = this.input.slice(0, at);
    this.input = this.input.slice(at);
    return text;
  }

  end(): void {
    this.socket.destroy();
  }
}
