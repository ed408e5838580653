import type { Session } from './session.ts';

/** What a signed-in client may use (RFC 3501 §6.1.1); each is here because a command file serves it. */
const SIGNED_IN = [
  'ID',
  'ENABLE',
  'IDLE',
  'LITERAL+',
  'NAMESPACE',
  'UIDPLUS',
  'MOVE',
  'UNSELECT',
  'CHILDREN',
  'SPECIAL-USE',
  'CREATE-SPECIAL-USE',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'ESEARCH',
  'WITHIN',
  'CONDSTORE',
  'QRESYNC',
  'MULTIAPPEND',
  'STATUS=SIZE',
  'OBJECTID',
];

export function capabilities(session: Session): string {
  const names = ['IMAP4rev1', 'SASL-IR'];
  if (session.person) names.push(...SIGNED_IN, `APPENDLIMIT=${session.deps.maxMessageBytes}`);
  else {
    names.push('ID', 'ENABLE', 'IDLE', 'LITERAL+');
    if (session.canStartTls()) names.push('STARTTLS');
    if (session.mayLogin()) names.push('AUTH=PLAIN', 'AUTH=LOGIN');
    else names.push('LOGINDISABLED');
  }
  return names.join(' ');
}
