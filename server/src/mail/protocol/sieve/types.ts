import type { MimePart } from '../mime/index.ts';
import type { Comparator } from './collation.ts';
import type { Template } from './template.ts';

/** A header field: its bytes with the line break, and what tests see. */
export interface Field {
  /** Lower case. */
  name: string;
  raw: Buffer;
}

/** The message that a script looks at. Offsets of `read` are those of `structure`. */
export interface SieveMessage {
  /** Octets (RFC 5228 §5.9). */
  size: number;
  /** The header block, top first, without its empty line. */
  header: Buffer;
  /** Empty sender: the null path. */
  envelope: { from: string; to: string };
  structure: MimePart;
  read(start: number, end: number): Promise<Buffer>;
}

/** What a script may ask about the world. */
export interface SieveEnvironment {
  now: Date;
  /** Minutes east of UTC of dates without `:zone`. */
  zoneMinutes: number;
  /** Items of RFC 5183 that are known. */
  items: ReadonlyMap<string, string>;
  /** A script that may be included; undefined when there is none. */
  script(location: 'personal' | 'global', name: string): Promise<Script | undefined>;
  mailboxExists(name: string): Promise<boolean>;
  mailboxIdExists(id: string): Promise<boolean>;
  /** A mailbox with that special use, or this one has it (RFC 8579). */
  specialUseExists(use: string, mailbox: string | undefined): Promise<boolean>;
  /** Has this key been seen and not expired (RFC 7352)? */
  isDuplicate(key: DuplicateKey): Promise<boolean>;
}

export interface DuplicateKey {
  handle: string;
  id: string;
  seconds: number;
  /** Restart the time with each message. */
  last: boolean;
}

/** Where a value goes besides the mailbox's name. */
export interface FileInto {
  type: 'fileinto';
  mailbox: string;
  flags: readonly string[];
  create: boolean;
  specialUse: string | undefined;
  mailboxId: string | undefined;
}

export interface Vacation {
  type: 'vacation';
  seconds: number;
  subject: string | undefined;
  from: string | undefined;
  addresses: readonly string[];
  /** `reason` is a MIME entity. */
  mime: boolean;
  /** What "the same reply" means (RFC 5230 §4.2). */
  handle: string;
  reason: string;
}

export interface Notify {
  type: 'notify';
  method: string;
  from: string | undefined;
  importance: '1' | '2' | '3';
  options: readonly string[];
  message: string | undefined;
}

export type ActionBody =
  | { type: 'keep'; flags: readonly string[] }
  | FileInto
  | { type: 'redirect'; address: string }
  | { type: 'discard' }
  | { type: 'reject'; reason: string; ereject: boolean }
  | Vacation
  | Notify;

/** An action that the script wants; `fields` is the header at that moment when it had been edited. */
export type Action = ActionBody & { line: number; fields: readonly Field[] | undefined };

export interface Outcome {
  actions: Action[];
  /** Nothing cancelled the implicit keep; `flags` are those for it. */
  implicitKeep: boolean;
  flags: readonly string[];
  /** The header after all edits; undefined when it is as it came. */
  fields: readonly Field[] | undefined;
  /** To be remembered when the delivery succeeds. */
  duplicates: DuplicateKey[];
  /** The run ended in an error: only the implicit keep is to be done. */
  error: { line: number; message: string } | undefined;
  work: number;
}

export type Relation = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';
export type MatchType = 'is' | 'contains' | 'matches' | 'regex' | 'value' | 'count';

export interface Matcher {
  type: MatchType;
  /** Of :value and :count. */
  relation: Relation;
  comparator: Comparator;
}

/** A compiled argument. */
export type Value = { kind: 'number'; value: number } | { kind: 'texts'; texts: Template[]; list: boolean };

/** A checked command or test, ready to run. */
export interface Call<Spec> {
  spec: Spec;
  line: number;
  tags: ReadonlyMap<string, Value | true>;
  args: readonly Value[];
  matcher: Matcher;
  tests: readonly Call<TestSpec>[];
  block: readonly Call<CommandSpec>[];
  /** The elsif or else behind an if or elsif. */
  otherwise: Call<CommandSpec> | undefined;
}

/** A compiled script. */
export interface Script {
  commands: readonly Call<CommandSpec>[];
  /** Used capabilities, as required. */
  requires: ReadonlySet<string>;
  warnings: { line: number; message: string }[];
}

export type ArgumentType = 'string' | 'list' | 'number';

export interface TagSpec {
  name: string;
  /** Required before it may be used. */
  extension?: string;
  value?: ArgumentType;
  /** At most one tag of a group stands in a call. */
  group?: string;
}

interface CallSpec {
  name: string;
  extension?: string;
  tags?: readonly TagSpec[];
  args?: readonly ArgumentType[];
  /** A first string that may be missing (imap4flags' variable name). */
  optionalFirst?: boolean;
  /** A last argument that may be missing (deleteheader's patterns). */
  optionalLast?: boolean;
  /** Takes match type and comparator. */
  matching?: boolean;
  tests?: 'none' | 'one' | 'list';
}

export interface TestSpec extends CallSpec {
  check?(call: Call<TestSpec>, compile: CompileContext): void;
  run(run: Run, call: Call<TestSpec>): Promise<boolean> | boolean;
}

/** Where control goes after a command. */
export type Flow = 'stop' | 'return' | undefined;

export interface CommandSpec extends CallSpec {
  block?: boolean;
  check?(call: Call<CommandSpec>, compile: CompileContext): void;
  run(run: Run, call: Call<CommandSpec>): Promise<Flow> | Flow;
}

/** What a check may ask while a script is compiled. */
export interface CompileContext {
  has(extension: string): boolean;
  /** The script has asked for it by ihave. */
  enable(extension: string): void;
  fail(line: number, message: string): never;
  warn(line: number, message: string): void;
}

/** One script in a run: its own variables (RFC 6609 §3). */
export interface Frame {
  variables: Map<string, string>;
  globals: Set<string>;
  /** `${0}`, `${1}` … of the last match. */
  groups: readonly string[];
}

/** The state of one delivery. */
export interface Run {
  readonly message: SieveMessage;
  readonly environment: SieveEnvironment;
  frame: Frame;
  globals: Map<string, string>;
  /** imap4flags' internal variable; shared by included scripts. */
  flags: readonly string[];
  fields: readonly Field[] | undefined;
  actions: Action[];
  implicitKeep: boolean;
  /** Scripts included so far, for `:once`. */
  included: Map<string, number>;
  stack: string[];
  /** To be remembered at the end. */
  duplicates: DuplicateKey[];
  edits: number;
  vacations: number;
  /** Decoded body parts, read once. */
  bodies: Map<string, Promise<string[]>>;
  /** Counts work: one unit is a command, a test, or 256 characters compared. Throws SieveRunError. */
  work(units: number): void;
  fail(line: number, message: string): never;
  text(template: Template): string;
  /** The texts of a string or list argument, filled. */
  texts(value: Value | true | undefined): string[];
  first(value: Value | true | undefined): string;
  setVariable(name: string, value: string, line: number): void;
  getVariable(name: string): string;
  test(call: Call<TestSpec>): Promise<boolean>;
  block(calls: readonly Call<CommandSpec>[]): Promise<Flow>;
  /** Runs another script in a frame of its own. */
  include(script: Script): Promise<Flow>;
  add(action: ActionBody, line: number): void;
  /** Does one of the values match one of the keys? Sets the match variables. */
  matches(
    call: { matcher: Matcher; line: number },
    values: readonly string[],
    keys: readonly string[],
  ): boolean;
}
