import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook, ClientAuth } from '../ports.ts';
import type { LiteralMarker } from '../protocol/imap/index.ts';
import type { Store } from '../store/index.ts';
import { discardMessages } from './append-reader.ts';
import { type Bell, createBell } from './bell.ts';
import type { Updates } from './command.ts';
import { compressSocket } from './compress.ts';
import type { MailboxReader } from './mailbox-reader.ts';
import type { Notifier } from './notifier.ts';
import type { Selected } from './selected.ts';
import { acceptTls } from './tls.ts';
import type { WatchMailbox } from './watch.ts';
import { createWireInput, type WireInput } from './wire-input.ts';
import { createWireOutput, OutputClosed, type WireOutput } from './wire-output.ts';

export interface SessionDeps {
  db: Db;
  store: Store;
  addressBook: AddressBook;
  auth: ClientAuth;
  clock: Clock;
  log: Logger;
  /** Announced as APPENDLIMIT (RFC 7889). */
  maxMessageBytes: number;
  /** Undefined: no certificate, so no STARTTLS. Asked for each handshake, so that a renewed one is used. */
  secureContext: (() => SecureContext) | undefined;
  reader: MailboxReader;
  /** Tells when a mailbox may have changed. */
  watch: WatchMailbox;
}

/** Who has signed in. */
export interface Person {
  accountId: number;
  address: string;
}

/** What ENABLE turns on, in upper case. */
export type Extension = 'CONDSTORE' | 'QRESYNC' | 'IMAP4REV2' | 'UTF8=ACCEPT' | 'UIDONLY';

/** What happens to the connection once a reply has gone out. */
export type AfterReply = 'go on' | 'end' | 'tls' | 'deflate';

/** One connection. Commands read and write through it; what a command may not touch is behind methods. */
export interface Session {
  readonly deps: SessionDeps;
  readonly remoteAddress: string;
  readonly bell: Bell;
  readonly enabled: Set<Extension>;
  /** Under TLS. */
  readonly secure: boolean;
  /** Under COMPRESS=DEFLATE. */
  readonly compressed: boolean;
  readonly input: WireInput;
  readonly output: WireOutput;
  person: Person | undefined;
  /** Stops listening for the person's rights being taken away. */
  forgetPerson: () => void;
  selected: Selected | undefined;
  /** What NOTIFY has asked for (RFC 5465). */
  notifier: Notifier | undefined;
  /** IDLE has keep-alives of its own. */
  idling: boolean;
  /** Tag of the command that runs. */
  tag: string;
  /** Name and version that the client told with ID. */
  client: string;
  failedLogins: number;
  canStartTls(): boolean;
  /** Passwords in clear are taken from loopback only. */
  mayLogin(): boolean;
  /** Reads the selected mailbox's changes if there may be some, and writes what may be told now. */
  sync(updates: Updates): Promise<void>;
  /** Leaves the selected mailbox. */
  unselect(): void;
  /** Reads past unwanted messages of an APPEND. */
  discardMessages(first: LiteralMarker | undefined): Promise<void>;
  endAfterReply(): void;
  afterReply(what: 'tls' | 'deflate'): void;
  /** Ends the connection from outside with a BYE. */
  bye(text: string): void;
  /** What the read loop asks after each reply. */
  takeAfterReply(): AfterReply;
  upgrade(): Promise<void>;
  compress(): void;
  /** Forgets who has signed in and all he has set up (RFC 8437 §2). */
  signOut(): void;
  onClose(listener: () => void): void;
  /** Ends the connection once what was written has gone out. */
  hangUp(): void;
  destroy(): void;
}

/** How long a peer may take to read our last words. */
const GRACE_MS = 2_000;

export function createSession(deps: SessionDeps, first: Socket, implicitTls: boolean): Session {
  let socket: Socket = first;
  let input = createWireInput(socket);
  let output = createWireOutput(socket);
  let out: Writable = socket;
  let secure = implicitTls;
  let compressed = false;
  let after: AfterReply = 'go on';
  const remoteAddress = first.remoteAddress ?? '';
  const closeListeners: (() => void)[] = [];
  const bell = createBell();
  const onClose = () => {
    for (const listener of closeListeners.splice(0)) listener();
    session.forgetPerson();
    session.notifier?.stop();
    bell.ring();
  };
  socket.on('close', onClose);

  const session: Session = {
    deps,
    remoteAddress,
    bell,
    enabled: new Set(),
    get secure() {
      return secure;
    },
    get compressed() {
      return compressed;
    },
    get input() {
      return input;
    },
    get output() {
      return output;
    },
    person: undefined,
    forgetPerson: () => undefined,
    selected: undefined,
    notifier: undefined,
    idling: false,
    client: '',
    tag: '',
    failedLogins: 0,
    canStartTls: () => !secure && deps.secureContext !== undefined,
    mayLogin: () => secure || isLoopback(remoteAddress),
    async sync(updates) {
      const { selected } = session;
      if (!selected || updates === 'no') return;
      const alive = await selected.absorb(updates === 'always');
      if (!alive) {
        output.line('* BYE The selected mailbox was deleted');
        after = 'end';
        return;
      }
      const known = selected.view.uids.last();
      for (const line of selected.announce(updates !== 'noExpunge', session.enabled)) {
        output.line(line);
        await output.spill();
      }
      await session.notifier?.tellNew(selected, known);
    },
    unselect() {
      session.selected?.leave();
      session.selected = undefined;
    },
    discardMessages: (first) => discardMessages(session, first),
    endAfterReply() {
      after = 'end';
    },
    afterReply(what) {
      after = what;
    },
    takeAfterReply: () => after,
    bye(text) {
      if (!out.destroyed && !out.writableEnded) out.end(`* BYE ${text}\r\n`);
      setTimeout(() => socket.destroy(), GRACE_MS).unref();
    },
    async upgrade() {
      const { secureContext } = deps;
      if (!secureContext) throw new OutputClosed();
      input.detach();
      socket.off('close', onClose);
      const tls = await acceptTls(socket, secureContext()).catch((error: unknown) => {
        onClose();
        throw new OutputClosed('TLS handshake failed', { cause: error });
      });
      tls.on('close', onClose);
      socket = tls;
      out = tls;
      input = createWireInput(tls);
      output = createWireOutput(tls);
      secure = true;
      after = 'go on';
      // RFC 3501 §6.2.1: what the client told in the clear is forgotten.
      session.client = '';
    },
    compress() {
      const streams = compressSocket(socket, input.detach());
      input = createWireInput(streams.input);
      output = createWireOutput(streams.output);
      out = streams.output;
      compressed = true;
      after = 'go on';
    },
    signOut() {
      session.notifier?.stop();
      session.notifier = undefined;
      session.unselect();
      session.forgetPerson();
      session.forgetPerson = () => undefined;
      session.person = undefined;
      session.enabled.clear();
      session.client = '';
    },
    onClose: (listener) => closeListeners.push(listener),
    hangUp() {
      if (!out.writableEnded && !out.destroyed) out.end();
      setTimeout(() => socket.destroy(), GRACE_MS).unref();
    },
    destroy: () => socket.destroy(),
  };
  return session;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
