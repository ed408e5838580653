import {
  formatThreads,
  readThreadArguments,
  type Scanner,
  type ThreadMessage,
  threadByReferences,
  threadBySubject,
} from '../../protocol/imap/index.ts';
import { asRanges, refuseNumbers, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok } from '../command.ts';
import type { Session } from '../session.ts';
import { searchView } from './search.ts';

/** THREAD and UID THREAD (RFC 5256 §3). */
function threadCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID THREAD' : 'THREAD',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner, session: Session) {
      scanner.space();
      if (!byUid) refuseNumbers(session);
      return readThreadArguments(scanner);
    },
    async run(session, { algorithm, key }) {
      const selected = selectedOf(session);
      const { uids } = await searchView(session, selected, key);
      const { db, store } = session.deps;
      const infos =
        uids.length === 0
          ? []
          : await store.threadInfo(db, selected.scope, selected.mailbox.id, asRanges(uids));
      const messages = infos.map(
        (info): ThreadMessage => ({
          number: byUid ? info.uid : selected.view.uids.sequenceOf(info.uid),
          id: info.id,
          references: info.references,
          sent: info.sentAt.getTime(),
          arrived: info.receivedAt.getTime(),
          baseSubject: info.baseSubject,
          isReply: info.isReply,
        }),
      );
      const roots =
        algorithm === 'ORDEREDSUBJECT'
          ? threadBySubject(messages)
          : threadByReferences(messages, algorithm === 'REFERENCES');
      session.output.line(`* THREAD${roots.length > 0 ? ' ' : ''}${formatThreads(roots)}`);
      return ok('Thread completed');
    },
  });
}

export const thread = threadCommand(false);
export const uidThread = threadCommand(true);
