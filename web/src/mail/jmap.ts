import { ApiError } from '../kit/api.ts';
import { translate } from '../kit/texts.ts';
import { texts } from './texts.ts';

/** The parts of RFC 8620 and RFC 8621 that the web mail uses. */
export interface JmapSession {
  accounts: Record<string, { name: string; isPersonal: boolean; isReadOnly: boolean }>;
  primaryAccounts: Record<string, string>;
  apiUrl: string;
  uploadUrl: string;
  downloadUrl: string;
  eventSourceUrl: string;
}
export interface Mailbox {
  id: string;
  name: string;
  parentId: string | null;
  role: string | null;
  sortOrder: number;
  totalEmails: number;
  unreadEmails: number;
  totalThreads: number;
  unreadThreads: number;
}
export interface Address {
  name: string | null;
  email: string;
}
export interface BodyPart {
  partId: string | null;
  blobId: string | null;
  size: number;
  name: string | null;
  type: string;
  disposition: string | null;
  cid: string | null;
}
export interface EmailRow {
  id: string;
  threadId: string;
  mailboxIds: Record<string, boolean>;
  keywords: Record<string, boolean>;
  from: Address[] | null;
  to: Address[] | null;
  subject: string | null;
  receivedAt: string;
  preview: string;
  hasAttachment: boolean;
}
export interface Email extends EmailRow {
  blobId: string;
  cc: Address[] | null;
  bcc: Address[] | null;
  replyTo: Address[] | null;
  messageId: string[] | null;
  inReplyTo: string[] | null;
  references: string[] | null;
  attachments: BodyPart[];
  textBody: BodyPart[];
  htmlBody: BodyPart[];
  bodyValues: Record<string, { value: string }>;
}
export interface Identity {
  id: string;
  name: string;
  email: string;
  htmlSignature: string;
  textSignature: string;
}
export interface SetError {
  type: string;
  description?: string | null;
}
export interface SetResult {
  created?: Record<string, { id: string; blobId?: string }> | null;
  notCreated?: Record<string, SetError> | null;
  notUpdated?: Record<string, SetError> | null;
  notDestroyed?: Record<string, SetError> | null;
}

type Call = [method: string, args: Record<string, unknown>, id: string];
type Responses<T extends unknown[]> = { [K in keyof T]: [method: string, result: T[K], id: string] };

const USING = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail', 'urn:ietf:params:jmap:submission'];

async function ask(url: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch {
    throw new ApiError(0, { code: 'no_answer', message: translate(texts, 'noAnswer') });
  }
  if (!response.ok) {
    throw new ApiError(response.status, {
      code: `http_${response.status}`,
      message: translate(texts, 'noAnswer'),
    });
  }
  return response;
}

export async function fetchSession(): Promise<JmapSession> {
  const response = await ask('/.well-known/jmap');
  return response.json();
}

/** One request; the answers stand in the order of the calls. A refused method throws. */
export async function jmap<T extends unknown[]>(calls: Call[]): Promise<Responses<T>> {
  const response = await ask('/jmap/api', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ using: USING, methodCalls: calls }),
  });
  const answer: { methodResponses: Responses<T> } = await response.json();
  const refused: [string, SetError, string][] = JSON.parse(
    JSON.stringify(answer.methodResponses.filter((one) => one[0] === 'error')),
  );
  const [first] = refused;
  if (first) throw setProblem(first[1]);
  return answer.methodResponses;
}

const known = new Map<string, keyof typeof texts.pairs>([
  ['overQuota', 'overQuota'],
  ['tooLarge', 'tooLarge'],
  ['forbidden', 'forbidden'],
  ['forbiddenFrom', 'forbiddenFrom'],
  ['forbiddenToSend', 'forbiddenFrom'],
  ['invalidRecipients', 'invalidRecipients'],
  ['noRecipients', 'noRecipients'],
  ['tooManyRecipients', 'tooManyRecipients'],
  ['notFound', 'gone'],
  ['accountNotFound', 'gone'],
]);

export function setProblem(error: SetError): ApiError {
  const message = translate(texts, known.get(error.type) ?? 'refused');
  return new ApiError(400, { code: error.type, message });
}

/** Throws the first thing that was not done. */
export function checkSet(result: SetResult): SetResult {
  for (const part of [result.notCreated, result.notUpdated, result.notDestroyed]) {
    const [error] = Object.values(part ?? {});
    if (error) throw setProblem(error);
  }
  return result;
}

export function downloadUrl(accountId: string, blobId: string, name: string, type: string): string {
  const parts = [accountId, blobId, name || 'file'].map(encodeURIComponent).join('/');
  return `/jmap/download/${parts}?accept=${encodeURIComponent(type)}`;
}

export interface Uploaded {
  blobId: string;
  type: string;
  size: number;
}

/** XMLHttpRequest because fetch cannot tell how much has gone up. */
export function upload(accountId: string, file: File, progress: (share: number) => void): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/jmap/upload/${encodeURIComponent(accountId)}`);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    const fail = (key: 'tooLarge' | 'noAnswer') =>
      reject(new ApiError(request.status, { code: key, message: translate(texts, key) }));
    request.addEventListener('error', () => fail('noAnswer'));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) {
        const uploaded: Uploaded = request.response;
        resolve(uploaded);
      } else fail(request.status === 413 ? 'tooLarge' : 'noAnswer');
    });
    request.send(file);
  });
}
