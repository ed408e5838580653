import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import {
  createReplyReader,
  parseExtensions,
  ReplyError,
  replyText,
  type ServerReply,
} from '../protocol/smtp/index.ts';

/** RFC 5321 §4.5.3.2 gives five minutes to most commands; a dead address is not worth that long. */
const CONNECT_MS = 30_000;
export const COMMAND_MS = 300_000;
const TLS_MS = 60_000;
const QUIT_MS = 5_000;

/** Why a conversation ended: `refused` carries what the server said. */
export type LinkTrouble = 'connect' | 'refused' | 'loop' | 'lost' | 'protocol' | 'tls';

export class LinkError extends Error {
  override name = 'LinkError';
  trouble: LinkTrouble;
  reply: ServerReply | undefined;
  /** Node's code of a failed handshake, e.g. CERT_HAS_EXPIRED. */
  tlsCode: string | undefined;
  constructor(trouble: LinkTrouble, text: string, more: { reply?: ServerReply; tlsCode?: string } = {}) {
    super(text);
    this.trouble = trouble;
    this.reply = more.reply;
    this.tlsCode = more.tlsCode;
  }
}

/** The client's end of one SMTP connection. */
export interface Link {
  /** `name[address]:port`, for logs. */
  readonly remote: string;
  readonly address: string;
  readonly localAddress: string;
  /** Who it says it is. */
  readonly greeting: string;
  readonly extensions: ReadonlyMap<string, string>;
  readonly tls: TLSSocket | undefined;
  readonly open: boolean;
  /** Messages sent over it. */
  messages: number;
  /** Sends command lines (no CRLF); each has its reply by `reply`. */
  send(...commands: string[]): void;
  reply(timeoutMs?: number): Promise<ServerReply>;
  /** Octets as they are; waits while the other side reads slowly. */
  write(bytes: Buffer): Promise<void>;
  ehlo(): Promise<void>;
  /** STARTTLS; certificates are judged by the caller. Rejects with `tls` trouble. */
  startTls(options: ConnectionOptions): Promise<TLSSocket>;
  quit(): void;
  destroy(): void;
}

export interface LinkTarget {
  host: string;
  /** IP address, or a name for the system's resolver. */
  address: string;
  port: number;
  /** TLS from the first octet. */
  implicitTls?: ConnectionOptions | undefined;
}

/** Connects, hears the greeting and says EHLO. `hostname` is our own name: whoever greets with it is ourselves. */
export async function openLink(target: LinkTarget, hostname: string): Promise<Link> {
  const { socket, tls } = await connectTo(target);
  const link = createLink(target, socket, tls, hostname);
  try {
    const greeting = await link.reply();
    if (greeting.code !== 220) throw new LinkError('refused', replyText(greeting), { reply: greeting });
    await link.ehlo();
    return link;
  } catch (error) {
    link.destroy();
    throw error;
  }
}

function connectTo(target: LinkTarget): Promise<{ socket: Socket; tls: TLSSocket | undefined }> {
  const where = { host: target.address, port: target.port };
  return new Promise((resolve, reject) => {
    const secure = target.implicitTls && tlsConnect({ ...where, ...target.implicitTls });
    const socket = secure ?? connect(where);
    const fail = (text: string, tlsCode?: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new LinkError(tlsCode ? 'tls' : 'connect', text, tlsCode ? { tlsCode } : {}));
    };
    const timer = setTimeout(() => fail('no answer to the connection'), CONNECT_MS);
    socket.once('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      fail(
        error.message,
        secure && !/^E(CONN|HOST|NET|ADDR|AI|TIMED|PIPE)/.test(code) ? code || 'TLS' : undefined,
      );
    });
    socket.once('close', () => fail('the connection was closed at once'));
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners();
      resolve({ socket, tls: secure });
    });
  });
}

function createLink(
  target: LinkTarget,
  first: Socket,
  firstTls: TLSSocket | undefined,
  hostname: string,
): Link {
  let socket = first;
  let tls = firstTls;
  let reader = createReplyReader();
  let replies: ServerReply[] = [];
  let failure: LinkError | undefined;
  let wake: (() => void) | undefined;
  let extensions = new Map<string, string>();
  let greeting = '';

  const fail = (error: LinkError) => {
    failure ??= error;
    wake?.();
  };
  const onData = (chunk: Buffer) => {
    try {
      replies.push(...reader.push(chunk));
    } catch (error) {
      fail(new LinkError('protocol', error instanceof ReplyError ? error.message : 'unreadable'));
      socket.destroy();
    }
    wake?.();
  };
  const onClose = () => fail(new LinkError('lost', 'the connection was lost'));
  const onError = (error: Error) => fail(new LinkError('lost', `the connection was lost (${error.message})`));
  function attach(to: Socket): void {
    to.setNoDelay(true);
    to.on('data', onData);
    to.on('close', onClose);
    to.on('error', onError);
  }
  attach(socket);

  const link: Link = {
    remote: `${target.host}[${first.remoteAddress ?? target.address}]:${target.port}`,
    address: (first.remoteAddress ?? target.address).replace(/^::ffff:/, ''),
    localAddress: (first.localAddress ?? '').replace(/^::ffff:/, ''),
    get greeting() {
      return greeting;
    },
    get extensions() {
      return extensions;
    },
    get tls() {
      return tls;
    },
    get open() {
      return failure === undefined && !socket.destroyed;
    },
    messages: 0,
    send(...commands) {
      socket.write(commands.map((command) => `${command}\r\n`).join(''));
    },
    async reply(timeoutMs = COMMAND_MS) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const reply = replies.shift();
        if (reply) return reply;
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(
            () => {
              failure ??= new LinkError('lost', 'the server was silent for too long');
              socket.destroy();
              resolve();
            },
            Math.max(0, until - performance.now()),
          );
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
    },
    async write(bytes) {
      if (failure) throw failure;
      if (socket.write(bytes)) return;
      await new Promise<void>((resolve) => {
        const at = socket;
        const timer = setTimeout(() => at.destroy(), COMMAND_MS);
        const done = () => {
          clearTimeout(timer);
          at.off('drain', done);
          at.off('close', done);
          resolve();
        };
        at.on('drain', done);
        at.on('close', done);
      });
    },
    async ehlo() {
      link.send(`EHLO ${hostname}`);
      let answer = await link.reply();
      if (answer.code >= 500 && answer.code !== 521) {
        link.send(`HELO ${hostname}`);
        answer = await link.reply();
        extensions = new Map();
      } else extensions = parseExtensions(answer);
      if (answer.code !== 250) throw new LinkError('refused', replyText(answer), { reply: answer });
      greeting = (answer.lines[0] ?? '').split(' ')[0]?.toLowerCase() ?? '';
      if (greeting === hostname.toLowerCase() && greeting !== 'localhost')
        throw new LinkError('loop', `${link.remote} is this server itself: mail loops back`);
    },
    async startTls(options) {
      link.send('STARTTLS');
      const answer = await link.reply();
      if (answer.code !== 220)
        throw new LinkError('tls', `STARTTLS was refused: ${replyText(answer)}`, { tlsCode: 'STARTTLS' });
      // What came in the clear must not be read as the answer to something said under TLS.
      replies = [];
      reader = createReplyReader();
      socket.off('data', onData);
      socket.off('close', onClose);
      const plain = socket;
      const secure = await handshake(plain, options);
      plain.off('error', onError);
      plain.on('error', () => undefined);
      socket = secure;
      tls = secure;
      attach(secure);
      return secure;
    },
    quit() {
      if (!link.open) return;
      link.send('QUIT');
      const at = socket;
      const timer = setTimeout(() => at.destroy(), QUIT_MS);
      at.once('close', () => clearTimeout(timer));
      at.end();
    },
    destroy() {
      failure ??= new LinkError('lost', 'closed');
      socket.destroy();
    },
  };
  return link;
}

function handshake(plain: Socket, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({ ...options, socket: plain });
    const fail = (text: string, code: string) => {
      clearTimeout(timer);
      secure.destroy();
      plain.destroy();
      reject(new LinkError('tls', `no TLS: ${text}`, { tlsCode: code }));
    };
    const timer = setTimeout(() => fail('no answer', 'TIMEOUT'), TLS_MS);
    secure.once('error', (error) =>
      fail(error.message, 'code' in error && typeof error.code === 'string' ? error.code : 'TLS'),
    );
    secure.once('close', () => fail('the connection was closed', 'CLOSED'));
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      secure.removeAllListeners('error');
      secure.removeAllListeners('close');
      resolve(secure);
    });
  });
}
