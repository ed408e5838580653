/** What threading asks of a message. */
export interface ThreadMessage {
  /** What the answer names: a sequence number or a UID. */
  number: number;
  /** Message-ID without brackets; undefined when absent. */
  id: string | undefined;
  /** Of References, or the first of In-Reply-To; oldest first, without brackets. */
  references: readonly string[];
  /** Milliseconds of the sent date. */
  sent: number;
  /** When it arrived, milliseconds: what REFS sorts by. */
  arrived: number;
  baseSubject: string;
  /** The subject has a reply or forward mark. */
  isReply: boolean;
}

/** A message with its answers; `message` is undefined where several have a parent that is not there. */
export interface ThreadNode {
  message: ThreadMessage | undefined;
  children: ThreadNode[];
}

/** ORDEREDSUBJECT (RFC 5256 §3): one thread for each base subject, everything below its first message. */
export function threadBySubject(messages: readonly ThreadMessage[]): ThreadNode[] {
  const bySubject = Map.groupBy([...messages].sort(bySent), (message) => message.baseSubject);
  return [...bySubject.values()].flatMap(([first, ...rest]) =>
    first ? [{ message: first, children: rest.map((message) => ({ message, children: [] })) }] : [],
  );
}

interface Container {
  message: ThreadMessage | undefined;
  parent: Container | undefined;
  children: Set<Container>;
}

/**
 * REFERENCES (RFC 5256 §3). `subjects` joins threads of one base subject (step 5) and sorts by sent date; without it
 * this is REFS: by references alone, threads in order of their newest message.
 */
export function threadByReferences(messages: readonly ThreadMessage[], subjects: boolean): ThreadNode[] {
  const roots = prune(link(messages));
  if (!subjects) return sortTree(roots, newest);
  const sorted = sortTree(roots, sentOf);
  return sortTree(joinSubjects(sorted), sentOf);
}

/** Steps 1 and 2: a container for each message and each id that is spoken of; gives those without a parent. */
function link(messages: readonly ThreadMessage[]): Container[] {
  const byId = new Map<string, Container>();
  const all: Container[] = [];
  const make = (): Container => {
    const container: Container = { message: undefined, parent: undefined, children: new Set() };
    all.push(container);
    return container;
  };
  const find = (id: string): Container => {
    const known = byId.get(id);
    if (known) return known;
    const fresh = make();
    byId.set(id, fresh);
    return fresh;
  };
  for (const message of messages) {
    const own = message.id === undefined ? undefined : find(message.id);
    // A second message of one id, and one without an id, stand for themselves.
    const container = own && !own.message ? own : make();
    container.message = message;
    let previous: Container | undefined;
    for (const id of message.references) {
      const next = find(id);
      if (previous && !next.parent && !isAbove(next, previous)) adopt(previous, next);
      previous = next;
    }
    // The message's own References are truer than what others said of it (step 1C).
    if (container.parent && container.parent !== previous) leave(container);
    if (previous && !container.parent && !isAbove(container, previous)) adopt(previous, container);
  }
  return all.filter((container) => !container.parent);
}

function adopt(parent: Container, child: Container): void {
  child.parent = parent;
  parent.children.add(child);
}

function leave(child: Container): void {
  child.parent?.children.delete(child);
  child.parent = undefined;
}

/** Beyond it a chain counts as a circle: else references made to be deep would cost the square of the mailbox. */
const MAX_LEVELS = 2_000;

/** Is `upper` the same as `lower` or one of its ancestors? Then adopting it there would make a circle. */
function isAbove(upper: Container, lower: Container): boolean {
  // Most messages start with no children, and nothing can be below such a one.
  if (upper !== lower && upper.children.size === 0) return false;
  let at: Container | undefined = lower;
  for (let level = 0; at && level < MAX_LEVELS; level++, at = at.parent) if (at === upper) return true;
  return at !== undefined;
}

/** Step 3: containers without a message go, their children move up; at the top an empty one keeps several together. */
function prune(roots: readonly Container[]): ThreadNode[] {
  const made = new Map<Container, ThreadNode[]>();
  for (const container of bottomUp(roots)) {
    const children = [...container.children].flatMap((child) => made.get(child) ?? []);
    for (const child of container.children) made.delete(child);
    if (container.message) made.set(container, [{ message: container.message, children }]);
    else if (!container.parent && children.length > 1)
      made.set(container, [{ message: undefined, children }]);
    else made.set(container, children);
  }
  return roots.flatMap((root) => made.get(root) ?? []);
}

/** Children before their parents, without recursion: a chain of replies may be as long as the mailbox. */
function bottomUp<T extends { children: Iterable<T> }>(roots: Iterable<T>): T[] {
  const order: T[] = [...roots];
  for (const node of order) for (const child of node.children) order.push(child);
  return order.reverse();
}

/** Steps 4 and 6: siblings by time, from the leaves up, for a level without a message sorts by its first child. */
function sortTree(roots: readonly ThreadNode[], time: (node: ThreadNode) => number): ThreadNode[] {
  const times = new Map<ThreadNode, number>();
  const sort = (nodes: ThreadNode[]) =>
    nodes.sort(
      (a, b) =>
        (times.get(a) ?? 0) - (times.get(b) ?? 0) || (firstOf(a)?.number ?? 0) - (firstOf(b)?.number ?? 0),
    );
  for (const node of bottomUp(roots)) {
    sort(node.children);
    const below = time === newest ? node.children.map((child) => times.get(child) ?? 0) : [];
    times.set(
      node,
      below.reduce((max, value) => Math.max(max, value), time(node)),
    );
  }
  return sort([...roots]);
}

function sentOf(node: ThreadNode): number {
  return firstOf(node)?.sent ?? 0;
}

function newest(node: ThreadNode): number {
  return node.message?.arrived ?? 0;
}

function firstOf(node: ThreadNode): ThreadMessage | undefined {
  return node.message ?? node.children[0]?.message;
}

/** Step 5: threads whose first messages have one base subject become one. */
function joinSubjects(roots: readonly ThreadNode[]): ThreadNode[] {
  const table = new Map<string, ThreadNode>();
  for (const root of roots) {
    const first = firstOf(root);
    if (!first || first.baseSubject === '') continue;
    const known = table.get(first.baseSubject);
    const better = known && ((!root.message && known.message) || (firstOf(known)?.isReply && !first.isReply));
    if (!known || better) table.set(first.baseSubject, root);
  }
  const gone = new Set<ThreadNode>();
  for (const root of roots) {
    const first = firstOf(root);
    const other = first && table.get(first.baseSubject);
    if (!first || !other || other === root || first.baseSubject === '') continue;
    gone.add(root);
    merge(table, root, other, first);
  }
  // What was replaced in the table by a level of its own stands where its first part stood.
  const joined = [...new Set(table.values())];
  const listed = roots.filter((root) => !gone.has(root));
  const known = new Set(roots);
  const fresh = joined.filter((node) => !known.has(node));
  const inFresh = new Set(fresh.flatMap((node) => node.children));
  return [...listed.filter((node) => !inFresh.has(node)), ...fresh];
}

function merge(
  table: Map<string, ThreadNode>,
  root: ThreadNode,
  other: ThreadNode,
  first: ThreadMessage,
): void {
  if (!root.message && !other.message) other.children.push(...root.children);
  else if (!other.message) other.children.push(root);
  else if (first.isReply && !other.message.isReply) other.children.push(root);
  else table.set(first.baseSubject, { message: undefined, children: [other, root] });
}

function bySent(a: ThreadMessage, b: ThreadMessage): number {
  return a.sent - b.sent || a.number - b.number;
}

/** `(2)(3 6 (4 23)(44 7 96))` (RFC 5256 §4): a chain in one line, branches in parentheses; without recursion. */
export function formatThreads(roots: readonly ThreadNode[]): string {
  let out = '';
  const stack: (ThreadNode | ')')[] = [];
  const open = (nodes: readonly ThreadNode[]) => {
    for (const node of [...nodes].reverse()) stack.push(')', node);
  };
  open(roots);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === ')') {
      out += ')';
      continue;
    }
    out += '(';
    let node: ThreadNode | undefined = next;
    let space = '';
    while (node) {
      if (node.message) out += `${space}${node.message.number}`;
      space = ' ';
      const [only]: ThreadNode[] = node.children;
      if (node.children.length === 1) node = only;
      else {
        if (node.children.length > 1 && node.message) out += ' ';
        open(node.children);
        node = undefined;
      }
    }
  }
  return out;
}
