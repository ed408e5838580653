import type { Session } from './session.ts';

/** What a signed-in client may use (RFC 3501 §6.1.1); each is here because a command file serves it. */
const SIGNED_IN = [
  'ACL',
  'BINARY',
  'CHILDREN',
  'CONDSTORE',
  'CREATE-SPECIAL-USE',
  'ENABLE',
  'ESEARCH',
  'ESORT',
  'ID',
  'IDLE',
  'INPROGRESS',
  'LIST-EXTENDED',
  'LIST-METADATA',
  'LIST-MYRIGHTS',
  'LIST-STATUS',
  'LITERAL+',
  'METADATA',
  'MOVE',
  'MULTIAPPEND',
  'NAMESPACE',
  'NOTIFY',
  'OBJECTID',
  'PARTIAL',
  'PREVIEW',
  'QRESYNC',
  'QUOTA',
  'QUOTA=RES-STORAGE',
  'REPLACE',
  'RIGHTS=kxte',
  'SAVEDATE',
  'SEARCHRES',
  'SORT',
  'SORT=DISPLAY',
  'SPECIAL-USE',
  'STATUS=SIZE',
  'THREAD=ORDEREDSUBJECT',
  'THREAD=REFERENCES',
  'THREAD=REFS',
  'UIDONLY',
  'UIDPLUS',
  'UNAUTHENTICATE',
  'UNSELECT',
  'UTF8=ACCEPT',
  'WITHIN',
];

export function capabilities(session: Session): string {
  const names = ['IMAP4rev1', 'IMAP4rev2', 'SASL-IR'];
  if (session.person) {
    names.push(...SIGNED_IN, `APPENDLIMIT=${session.deps.maxMessageBytes}`);
    if (!session.compressed) names.push('COMPRESS=DEFLATE');
  } else {
    names.push('ID', 'ENABLE', 'IDLE', 'LITERAL+');
    if (session.canStartTls()) names.push('STARTTLS');
    if (session.mayLogin()) names.push('AUTH=PLAIN', 'AUTH=LOGIN');
    else names.push('LOGINDISABLED');
  }
  return names.join(' ');
}
