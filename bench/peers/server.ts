/** A mail server under test: what the load needs to know of it, and nothing else. */
export interface MailServer {
  name: 'hongyan' | 'postfixDovecot';
  ports: { smtp: number; imap: number; pop3: number };
  domain: string;
  password: string;
  /** Name to sign in with. */
  login(user: string): string;
  /** Messages that lie in the inboxes of these users. */
  delivered(users: readonly string[]): Promise<number>;
  /** Empties all inboxes. */
  clear(): Promise<void>;
  /** Puts messages into an inbox, by whatever way is quick. */
  fill(user: string, messages: Iterable<Buffer>): Promise<void>;
  /** Memory of everything that serves IMAP sessions, in kB. */
  memoryKb(): number;
  stop(): Promise<void>;
}

/** Users of the 50-recipient runs; smtp-source makes their names by putting a number before one, but for the last. */
export const CROWD = 50;
export const crowd = Array.from({ length: CROWD }, (_, n) => (n === 0 ? 'crowd' : `${n + 1}crowd`));
