import { ImapSyntaxError, type Scanner } from '../protocol/imap/index.ts';
import type { Command } from './command.ts';
import { deleteAcl, getAcl, listRights, myRights, setAcl } from './commands/acl.ts';
import { append } from './commands/append.ts';
import { authenticate } from './commands/authenticate.ts';
import { capability } from './commands/capability.ts';
import { check } from './commands/check.ts';
import { close } from './commands/close.ts';
import { compress } from './commands/compress.ts';
import { copy, uidCopy } from './commands/copy.ts';
import { create } from './commands/create.ts';
import { deleteMailbox } from './commands/delete.ts';
import { enable } from './commands/enable.ts';
import { expunge, uidExpunge } from './commands/expunge.ts';
import { fetch, uidFetch } from './commands/fetch.ts';
import { id } from './commands/id.ts';
import { idle } from './commands/idle.ts';
import { list } from './commands/list.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { lsub } from './commands/lsub.ts';
import { getMetadata, setMetadata } from './commands/metadata.ts';
import { move, uidMove } from './commands/move.ts';
import { namespace } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import { notify } from './commands/notify.ts';
import { getQuota, getQuotaRoot, setQuota } from './commands/quota.ts';
import { rename } from './commands/rename.ts';
import { replace, uidReplace } from './commands/replace.ts';
import { search, uidSearch } from './commands/search.ts';
import { examine, select } from './commands/select.ts';
import { sort, uidSort } from './commands/sort.ts';
import { starttls } from './commands/starttls.ts';
import { status } from './commands/status.ts';
import { store, uidStore } from './commands/store.ts';
import { subscribe, unsubscribe } from './commands/subscribe.ts';
import { thread, uidThread } from './commands/thread.ts';
import { unauthenticate } from './commands/unauthenticate.ts';
import { unselect } from './commands/unselect.ts';

const COMMANDS: readonly Command[] = [
  append,
  authenticate,
  capability,
  check,
  close,
  copy,
  create,
  deleteMailbox,
  enable,
  examine,
  expunge,
  fetch,
  id,
  idle,
  list,
  login,
  logout,
  lsub,
  move,
  namespace,
  noop,
  rename,
  search,
  select,
  starttls,
  status,
  store,
  subscribe,
  uidCopy,
  uidExpunge,
  uidFetch,
  uidMove,
  uidSearch,
  uidStore,
  unselect,
  compress,
  deleteAcl,
  getAcl,
  getMetadata,
  getQuota,
  getQuotaRoot,
  listRights,
  myRights,
  notify,
  replace,
  setAcl,
  setMetadata,
  setQuota,
  sort,
  thread,
  uidReplace,
  uidSort,
  uidThread,
  unauthenticate,
  unsubscribe,
];

const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

/** Reads the command's name; throws ImapSyntaxError for a name that is not served. */
export function findCommand(scanner: Scanner): Command {
  let name = scanner.keyword();
  if (name === 'UID') {
    scanner.space();
    name = `UID ${scanner.keyword()}`;
  }
  const command = BY_NAME.get(name);
  if (!command) throw new ImapSyntaxError('Unknown command');
  return command;
}
