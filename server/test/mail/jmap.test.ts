import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp, type Routes } from '../../src/kit/http/index.ts';
import { createFilters } from '../../src/mail/filter/index.ts';
import { jmapRoutes, mailViewRoutes, type Submission } from '../../src/mail/jmap/index.ts';
import { createSettings } from '../../src/mail/settings/index.ts';
import { MAX_MESSAGE, type MailKit, PASSWORD, startMail } from './imap-kit.ts';

const MAIL = ['core', 'mail', 'submission', 'vacationresponse', 'sieve'].map(
  (name) => `urn:ietf:params:jmap:${name}`,
);

let kit: MailKit;
let http: Routes;
let url = '';
const sent: { submission: Submission; text: string }[] = [];

beforeAll(async () => {
  kit = await startMail();
  http = await createHttp({
    log: kit.log,
    origins: () => [url],
    trustProxy: [],
    async authenticate(request) {
      const [name = '', password = ''] = Buffer.from(
        (request.headers.authorization ?? '').replace('Basic ', ''),
        'base64',
      )
        .toString()
        .split(':');
      const found = await kit.people.auth.verify({
        name,
        password,
        protocol: 'jmap',
        remoteAddress: request.ip,
        tls: true,
      });
      if (!found.ok) return undefined;
      return {
        actor: { accountId: found.accountId, name, address: request.ip, locale: 'en' },
        cookie: false,
      };
    },
    cookieName: () => 'hongyan',
    secure: () => false,
    limitsOnLoopback: false,
    version: '0',
  });
  const { db, store, clock, signals, log } = kit;
  const filters = createFilters({
    db,
    store,
    clock,
    signals,
    log,
    addressBook: kit.people.addressBook,
    settings: createSettings({ db, signals, log }),
    hostname: 'localhost',
    srsKey: Buffer.alloc(32, 1),
    tell: async () => undefined,
  });
  jmapRoutes(http, {
    filters,
    db: kit.db,
    store: kit.store,
    addressBook: kit.people.addressBook,
    blobs: kit.blobs,
    signals: kit.signals,
    clock: kit.clock,
    log: kit.log,
    maxMessageBytes: MAX_MESSAGE,
    origin: () => url,
    async submit(submission) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of submission.message) chunks.push(chunk);
      const unknown = submission.recipients.filter(({ address }) => address.startsWith('nobody@'));
      if (unknown.length > 0)
        return { ok: false, reason: 'invalid_recipients', text: 'no', recipients: unknown };
      sent.push({ submission, text: Buffer.concat(chunks).toString() });
      return { ok: true, ref: `r${sent.length}` };
    },
  });
  mailViewRoutes(http, {
    db: kit.db,
    store: kit.store,
    addressBook: kit.people.addressBook,
    blobs: kit.blobs,
    clock: kit.clock,
    pictureKey: Buffer.alloc(32, 7),
    origin: () => url,
  });
  url = await http.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await http.close();
  await kit.stop();
});

type Args = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: answers of a protocol under test are looked at as they come
type Answer = any;

function client(name: string) {
  const headers = {
    authorization: `Basic ${Buffer.from(`${name}@beichen.test:${PASSWORD}`).toString('base64')}`,
  };
  return {
    headers,
    async many(calls: [string, Args, string][], extra: Args = {}): Promise<Answer[]> {
      const response = await fetch(`${url}/jmap/api`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ using: MAIL, methodCalls: calls, ...extra }),
      });
      const body: Answer = await response.json();
      if (!response.ok) throw new Error(JSON.stringify(body));
      return body.methodResponses;
    },
    async call(method: string, args: Args): Promise<Answer> {
      const [[name, answer]] = await this.many([[method, args, '0']]);
      if (name === 'error') throw new Error(JSON.stringify(answer));
      return answer;
    },
  };
}

let count = 0;
async function somebody() {
  const name = `j${++count}`;
  const id = await kit.person(name);
  const jmap = client(name);
  const { list } = await jmap.call('Mailbox/get', { accountId: `A${id}`, ids: null });
  const role = (wanted: string): string => list.find((mailbox: Answer) => mailbox.role === wanted).id;
  return { name, id, accountId: `A${id}`, jmap, role, address: `${name}@beichen.test` };
}

describe('session', () => {
  test('[MAIL-4] tells accounts, capabilities and where to send requests', async () => {
    const me = await somebody();
    const unit = await kit.unit(`u${count}`, [me.id]);
    const response = await fetch(`${url}/.well-known/jmap`, { headers: me.jmap.headers });
    const session: Answer = await response.json();
    expect(session.username).toBe(me.address);
    expect(session.apiUrl).toBe(`${url}/jmap/api`);
    expect(Object.keys(session.accounts)).toEqual([me.accountId, `A${unit}`]);
    expect(session.primaryAccounts['urn:ietf:params:jmap:mail']).toBe(me.accountId);
    expect(session.capabilities['urn:ietf:params:jmap:core'].maxCallsInRequest).toBeGreaterThan(8);
    const anonymous = await fetch(`${url}/jmap/session`);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('Basic');
  });

  test('[MAIL-4] requests that cannot be processed get a problem document', async () => {
    const me = await somebody();
    const post = async (body: string, type = 'application/json') => {
      const response = await fetch(`${url}/jmap/api`, {
        method: 'POST',
        headers: { ...me.jmap.headers, 'content-type': type },
        body,
      });
      const problem: Answer = await response.json();
      return [response.status, problem.type];
    };
    expect(await post('{')).toEqual([400, 'urn:ietf:params:jmap:error:notJSON']);
    expect(await post('{}')).toEqual([400, 'urn:ietf:params:jmap:error:notRequest']);
    expect(await post('{"using":["x"],"methodCalls":[]}')).toEqual([
      400,
      'urn:ietf:params:jmap:error:unknownCapability',
    ]);
    expect(
      await post(JSON.stringify({ using: MAIL, methodCalls: Array(100).fill(['Core/echo', {}, 'a']) })),
    ).toEqual([400, 'urn:ietf:params:jmap:error:limit']);
  });

  test('[MAIL-4] echoes, refuses unknown methods and accounts, and follows result references', async () => {
    const me = await somebody();
    const answers = await me.jmap.many([
      ['Core/echo', { hello: ['x', { ids: ['a', 'b'] }] }, '1'],
      ['Nothing/get', {}, '2'],
      ['Mailbox/get', { accountId: 'A999999' }, '3'],
      ['Mailbox/query', { accountId: me.accountId, filter: { role: 'inbox' } }, '4'],
      [
        'Mailbox/get',
        { accountId: me.accountId, '#ids': { resultOf: '4', name: 'Mailbox/query', path: '/ids' } },
        '5',
      ],
      [
        'Mailbox/get',
        { accountId: me.accountId, '#ids': { resultOf: '9', name: 'Mailbox/query', path: '/ids' } },
        '6',
      ],
      ['Core/echo', { '#x': { resultOf: '5', name: 'Mailbox/get', path: '/list/*/id' } }, '7'],
    ]);
    expect(answers[0]).toEqual(['Core/echo', { hello: ['x', { ids: ['a', 'b'] }] }, '1']);
    expect(answers[1][1].type).toBe('unknownMethod');
    expect(answers[2][1].type).toBe('accountNotFound');
    expect(answers[4][1].list[0].role).toBe('inbox');
    expect(answers[5][1].type).toBe('invalidResultReference');
    expect(answers[6][1]).toEqual({ x: [me.role('inbox')] });
  });
});

describe('mailboxes', () => {
  test('[MAIL-4] are made in a tree, renamed, counted and destroyed', async () => {
    const me = await somebody();
    const { accountId } = me;
    const made = await me.jmap.call('Mailbox/set', {
      accountId,
      create: {
        b: { name: '子', parentId: '#a' },
        a: { name: '项目', parentId: null },
        bad: { name: '', parentId: null },
      },
    });
    expect(Object.keys(made.created).sort()).toEqual(['a', 'b']);
    expect(made.notCreated.bad.type).toBe('invalidProperties');
    const child = made.created.b.id;
    const renamed = await me.jmap.call('Mailbox/set', {
      accountId,
      update: { [child]: { name: '二', parentId: null } },
    });
    expect(renamed.updated).toEqual({ [child]: null });
    const { list } = await me.jmap.call('Mailbox/get', { accountId, ids: [child, 'F0', 'nonsense'] });
    expect(list[0]).toMatchObject({ name: '二', parentId: null, totalEmails: 0, role: null });
    const changes = await me.jmap.call('Mailbox/changes', { accountId, sinceState: made.oldState });
    expect(changes.created.sort()).toEqual([made.created.a.id, child].sort());
    await kit.put(me.id, '二', 'Subject: x\n\nx\n');
    const kept = await me.jmap.call('Mailbox/set', { accountId, destroy: [child] });
    expect(kept.notDestroyed[child].type).toBe('mailboxHasEmail');
    const gone = await me.jmap.call('Mailbox/set', {
      accountId,
      destroy: [child, made.created.a.id],
      onDestroyRemoveEmails: true,
    });
    expect(gone.destroyed.sort()).toEqual([made.created.a.id, child].sort());
  });
});

describe('mail', () => {
  test('[MAIL-4] a composed Email keeps its text, its picture and its attachment', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    const uploaded = await fetch(`${url}/jmap/upload/${accountId}`, {
      method: 'POST',
      headers: { ...jmap.headers, 'content-type': 'application/pdf' },
      body: Buffer.from('%PDF-1.4 测试'),
    });
    expect(uploaded.status).toBe(201);
    const blob: Answer = await uploaded.json();
    expect(blob).toMatchObject({ type: 'application/pdf', size: 15 });
    const made = await jmap.call('Email/set', {
      accountId,
      create: {
        d: {
          mailboxIds: { [me.role('drafts')]: true },
          keywords: { $draft: true, $seen: true },
          from: [{ name: '张伟', email: me.address }],
          to: [{ name: 'Liu, Yang', email: 'liuyang@beichen.test' }],
          subject: '关于期末考试安排的通知(请务必阅读)',
          textBody: [{ partId: 't', type: 'text/plain' }],
          htmlBody: [{ partId: 'h', type: 'text/html' }],
          attachments: [{ blobId: blob.blobId, type: 'application/pdf', name: '安排.pdf' }],
          bodyValues: { t: { value: '第一行\n第二行' }, h: { value: '<p>第一行</p>' } },
          'header:X-Project:asText': '项目',
        },
        bad: { mailboxIds: { F999999: true } },
        none: { mailboxIds: { [me.role('drafts')]: true }, attachments: [{ blobId: 'U00', type: 'a/b' }] },
      },
    });
    expect(made.notCreated.bad.type).toBe('invalidProperties');
    expect(made.notCreated.none).toMatchObject({ type: 'blobNotFound', notFound: ['U00'] });
    const { id } = made.created.d;
    const { list } = await jmap.call('Email/get', {
      accountId,
      ids: [id],
      properties: [
        'subject',
        'from',
        'to',
        'keywords',
        'textBody',
        'htmlBody',
        'attachments',
        'bodyValues',
        'preview',
        'hasAttachment',
        'size',
        'header:X-Project:asText',
        'messageId',
        'sentAt',
        'blobId',
        'bodyStructure',
      ],
      fetchAllBodyValues: true,
    });
    const email = list[0];
    expect(email).toMatchObject({
      subject: '关于期末考试安排的通知(请务必阅读)',
      from: [{ name: '张伟', email: me.address }],
      to: [{ name: 'Liu, Yang', email: 'liuyang@beichen.test' }],
      keywords: { $draft: true, $seen: true },
      hasAttachment: true,
      'header:X-Project:asText': '项目',
      size: made.created.d.size,
    });
    expect(email.bodyValues[email.textBody[0].partId]).toEqual({
      value: '第一行\n第二行',
      isEncodingProblem: false,
      isTruncated: false,
    });
    expect(email.attachments[0]).toMatchObject({ name: '安排.pdf', type: 'application/pdf', size: 15 });
    const file = await fetch(
      `${url}/jmap/download/${accountId}/${email.attachments[0].blobId}/a.pdf?accept=application/pdf`,
      { headers: jmap.headers },
    );
    expect(await file.text()).toBe('%PDF-1.4 测试');
    expect(file.headers.get('content-type')).toBe('application/pdf');
    const whole = await (
      await fetch(`${url}/jmap/download/${accountId}/${email.blobId}/m.eml`, { headers: jmap.headers })
    ).text();
    expect(Buffer.byteLength(whole)).toBe(email.size);
    expect(whole.split('\r\n').every((line) => line.length <= 998)).toBe(true);
    const stranger = await somebody();
    expect(
      (
        await fetch(`${url}/jmap/download/${accountId}/${email.blobId}/m.eml`, {
          headers: stranger.jmap.headers,
        })
      ).status,
    ).toBe(404);
    expect(
      (
        await fetch(`${url}/jmap/download/${stranger.accountId}/${blob.blobId}/x`, {
          headers: stranger.jmap.headers,
        })
      ).status,
    ).toBe(404);
  });

  test('[MAIL-4] is queried, paged, marked, moved and destroyed, and changes tell it', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    for (let n = 1; n <= 5; n++)
      await kit.put(
        me.id,
        'INBOX',
        `From: a${n}@example.net\nSubject: 第${n}号 message\nMessage-ID: <${n}.${me.name}@x>\n\ntext ${n}\n`,
      );
    const inbox = me.role('inbox');
    const page = await jmap.call('Email/query', {
      accountId,
      filter: { inMailbox: inbox },
      sort: [{ property: 'receivedAt', isAscending: false }],
      limit: 2,
      calculateTotal: true,
    });
    expect(page).toMatchObject({ total: 5, position: 0 });
    const next = await jmap.call('Email/query', {
      accountId,
      filter: { inMailbox: inbox },
      position: 2,
      limit: 2,
    });
    const anchored = await jmap.call('Email/query', {
      accountId,
      filter: { inMailbox: inbox },
      anchor: page.ids[1],
      anchorOffset: 1,
      limit: 2,
    });
    expect(anchored).toMatchObject({ position: 2, ids: next.ids });
    const found = await jmap.call('Email/query', {
      accountId,
      filter: { operator: 'AND', conditions: [{ text: '3号' }, { from: 'a3' }] },
    });
    expect(found.ids).toHaveLength(1);
    const [target] = found.ids;
    const before = found.queryState;
    const changed = await jmap.call('Email/set', {
      accountId,
      update: {
        [target]: {
          'keywords/$seen': true,
          'keywords/$flagged': true,
          [`mailboxIds/${me.role('archive')}`]: true,
        },
      },
    });
    expect(changed.updated).toEqual({ [target]: null });
    const [{ keywords, mailboxIds }] = (
      await jmap.call('Email/get', { accountId, ids: [target], properties: ['keywords', 'mailboxIds'] })
    ).list;
    expect(keywords).toEqual({ $seen: true, $flagged: true });
    expect(Object.keys(mailboxIds)).toHaveLength(2);
    const emptied = await jmap.call('Email/set', {
      accountId,
      update: { [target]: { [`mailboxIds/${inbox}`]: null, [`mailboxIds/${me.role('archive')}`]: null } },
    });
    expect(emptied.notUpdated[target].type).toBe('invalidProperties');
    const delta = await jmap.call('Email/changes', { accountId, sinceState: before });
    expect(delta.updated).toEqual([target]);
    await jmap.call('Email/set', {
      accountId,
      update: { [target]: { mailboxIds: { [me.role('trash')]: true } } },
    });
    const destroyed = await jmap.call('Email/set', { accountId, destroy: [target, 'M999999'] });
    expect(destroyed.destroyed).toEqual([target]);
    expect(destroyed.notDestroyed.M999999.type).toBe('notFound');
    expect((await jmap.call('Email/get', { accountId, ids: [target] })).notFound).toEqual([target]);
    const unread = await jmap.call('Mailbox/get', { accountId, ids: [inbox] });
    expect(unread.list[0]).toMatchObject({
      totalEmails: 4,
      unreadEmails: 4,
      totalThreads: 4,
      unreadThreads: 4,
    });
  });

  test('[MAIL-4] threads, snippets, import, parse and copy work together', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    await kit.put(me.id, 'INBOX', 'From: a@b.c\nSubject: Plan\nMessage-ID: <t1@x>\n\nthe quick brown fox\n');
    await kit.put(
      me.id,
      'INBOX',
      'From: c@b.c\nSubject: Re: Plan\nMessage-ID: <t2@x>\nIn-Reply-To: <t1@x>\nReferences: <t1@x>\n\nagreed\n',
    );
    const answers = await jmap.many([
      ['Email/query', { accountId, filter: { subject: 'plan' }, collapseThreads: true }, 'q'],
      [
        'Email/get',
        {
          accountId,
          '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' },
          properties: ['threadId', 'references', 'inReplyTo'],
        },
        'e',
      ],
      [
        'Thread/get',
        { accountId, '#ids': { resultOf: 'e', name: 'Email/get', path: '/list/*/threadId' } },
        't',
      ],
      [
        'SearchSnippet/get',
        {
          accountId,
          filter: { text: 'quick' },
          '#emailIds': { resultOf: 't', name: 'Thread/get', path: '/list/*/emailIds' },
        },
        's',
      ],
    ]);
    expect(answers[0][1].ids).toHaveLength(1);
    expect(answers[2][1].list[0].emailIds).toHaveLength(2);
    expect(answers[3][1].list.find((item: Answer) => item.preview)?.preview).toContain('<mark>quick</mark>');
    const blob: Answer = await (
      await fetch(`${url}/jmap/upload/${accountId}`, {
        method: 'POST',
        headers: { ...jmap.headers, 'content-type': 'message/rfc822' },
        body: 'Subject: imported\r\nFrom: x@y.z\r\n\r\nhi\r\n',
      })
    ).json();
    const parsed = await jmap.call('Email/parse', {
      accountId,
      blobIds: [blob.blobId, 'B1'],
      fetchTextBodyValues: true,
    });
    expect(parsed.parsed[blob.blobId]).toMatchObject({
      subject: 'imported',
      from: [{ name: null, email: 'x@y.z' }],
    });
    const imported = await jmap.call('Email/import', {
      accountId,
      emails: { i: { blobId: blob.blobId, mailboxIds: { [me.role('inbox')]: true } } },
    });
    expect(imported.created.i.size).toBe(38);
    const unit = await kit.unit(`unit-${me.name}`, [me.id]);
    const { list } = await jmap.call('Mailbox/get', { accountId: `A${unit}`, ids: null });
    const copied = await jmap.call('Email/copy', {
      fromAccountId: accountId,
      accountId: `A${unit}`,
      create: { c: { id: imported.created.i.id, mailboxIds: { [list[0].id]: true } } },
      onSuccessDestroyOriginal: true,
    });
    expect(copied.created.c.id).toMatch(/^M/);
    expect(
      (await jmap.call('Email/get', { accountId, ids: [imported.created.i.id], properties: ['id'] })).list,
    ).toEqual([]);
  });
});

describe('sending', () => {
  test('[MAIL-4] a draft is sent and filed under Sent in one request', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    const [identity] = (await jmap.call('Identity/get', { accountId, ids: null })).list;
    expect(identity.email).toBe(me.address);
    const draft = {
      mailboxIds: { [me.role('drafts')]: true },
      keywords: { $draft: true },
      from: [{ email: me.address }],
      to: [{ email: 'a@example.net' }],
      bcc: [{ email: 'b@example.net' }],
      subject: 's',
      bodyStructure: { partId: '1', type: 'text/plain' },
      bodyValues: { 1: { value: 'x' } },
    };
    const answers = await jmap.many([
      ['Email/set', { accountId, create: { m: draft } }, '0'],
      [
        'EmailSubmission/set',
        {
          accountId,
          create: { s: { emailId: '#m', identityId: identity.id } },
          onSuccessUpdateEmail: {
            '#s': {
              mailboxIds: { [me.role('sent')]: true },
              'keywords/$draft': null,
              'keywords/$seen': true,
            },
          },
        },
        '1',
      ],
    ]);
    expect(answers.map((answer: Answer) => [answer[0], answer[2]])).toEqual([
      ['Email/set', '0'],
      ['EmailSubmission/set', '1'],
      ['Email/set', '1'],
    ]);
    expect(answers[1][1].created.s.undoStatus).toBe('final');
    expect(sent.at(-1)?.submission).toMatchObject({
      sender: me.address,
      recipients: [{ address: 'a@example.net' }, { address: 'b@example.net' }],
    });
    const [email] = (
      await jmap.call('Email/get', {
        accountId,
        ids: [answers[0][1].created.m.id],
        properties: ['mailboxIds', 'keywords'],
      })
    ).list;
    expect(email).toMatchObject({ mailboxIds: { [me.role('sent')]: true }, keywords: { $seen: true } });
    const { list } = await jmap.call('EmailSubmission/get', { accountId, ids: null });
    expect(list[0]).toMatchObject({
      emailId: email.id,
      undoStatus: 'final',
      envelope: { mailFrom: { email: me.address } },
    });
    const refused = await jmap.call('EmailSubmission/set', {
      accountId,
      create: {
        nobody: {
          emailId: email.id,
          identityId: identity.id,
          envelope: { mailFrom: { email: me.address }, rcptTo: [{ email: 'nobody@beichen.test' }] },
        },
        forged: {
          emailId: email.id,
          identityId: identity.id,
          envelope: { mailFrom: { email: 'rector@beichen.test' }, rcptTo: [{ email: 'a@b.c' }] },
        },
        missing: { emailId: 'M999999', identityId: identity.id },
      },
    });
    expect(refused.notCreated.nobody).toMatchObject({
      type: 'invalidRecipients',
      invalidRecipients: ['nobody@beichen.test'],
    });
    expect(refused.notCreated.forged.type).toBe('forbiddenMailFrom');
    expect(refused.notCreated.missing.type).toBe('invalidProperties');
  });
});

describe('the view of a mail', () => {
  test('[MAIL-5] shows safe HTML with its own pictures, and says when remote ones were left out', async () => {
    const me = await somebody();
    const mail = `Subject: 图
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>你好</p><img src="cid:pic@x"><img src="https://far.example/a.png"><script>alert(1)</script>
--b
Content-Type: image/png
Content-ID: <pic@x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
`;
    await kit.put(me.id, 'INBOX', mail);
    const { ids } = await me.jmap.call('Email/query', { accountId: me.accountId });
    const at = (query: string) =>
      fetch(`${url}/mail-view/${me.accountId}/${ids[0]}?${query}`, { headers: me.jmap.headers });
    const page = await at('remote=0');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
    expect(page.headers.get('x-blocked-remote')).toBe('1');
    const json: Answer = await (await at('format=json')).json();
    expect(json.blockedRemote).toBe(true);
    expect(json.html).toContain('<p>你好</p>');
    expect(json.html).not.toContain('alert');
    const link = /<img src="([^"]+)"/.exec(json.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const picture = await fetch(link);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).toString('base64')).toBe('iVBORw0KGgo=');
    expect((await fetch(link.replace(/k=.{4}/, 'k=AAAA'))).status).toBe(404);
    const remote: Answer = await (await at('format=json&remote=1')).json();
    expect(remote.blockedRemote).toBe(false);
    expect(remote.html).toContain('/mail-picture?u=');
    const stranger = await somebody();
    expect(
      (await fetch(`${url}/mail-view/${me.accountId}/${ids[0]}`, { headers: stranger.jmap.headers })).status,
    ).toBe(404);
    expect((await fetch(`${url}/mail-view/${me.accountId}/${ids[0]}`)).status).toBe(401);
  });
});

describe('push', () => {
  test('[MAIL-4] new mail is told through the event source at once', async () => {
    const me = await somebody();
    const stop = new AbortController();
    const response = await fetch(`${url}/jmap/eventsource?types=*&closeafter=no&ping=0`, {
      headers: me.jmap.headers,
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.getReader();
    let text = '';
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) {
        const part = await reader?.read();
        if (!part || part.done) throw new Error(`stream ended: ${text}`);
        text += Buffer.from(part.value).toString();
      }
    };
    await until('hello');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await kit.put(me.id, 'INBOX', 'Subject: x\n\nx\n');
    await until('event: state');
    await until('\n\n');
    expect(text).toContain(`"${me.accountId}"`);
    expect(text).toContain('"@type":"StateChange"');
    stop.abort();
  });
});

describe('vacation and Sieve', () => {
  const upload = async (me: Awaited<ReturnType<typeof somebody>>, text: string): Promise<string> => {
    const response = await fetch(`${url}/jmap/upload/${me.accountId}`, {
      method: 'POST',
      headers: { ...me.jmap.headers, 'content-type': 'application/sieve' },
      body: text,
    });
    const { blobId }: Answer = await response.json();
    return blobId;
  };

  test('[MAIL-3] VacationResponse is one object that is changed, never made or removed', async () => {
    const me = await somebody();
    const { accountId } = me;
    const first = await me.jmap.call('VacationResponse/get', { accountId, ids: null });
    expect(first.list).toEqual([
      {
        id: 'singleton',
        isEnabled: false,
        fromDate: null,
        toDate: null,
        subject: null,
        textBody: null,
        htmlBody: null,
      },
    ]);
    const update = { isEnabled: true, subject: '外出', textBody: 'away', fromDate: '2026-10-01T00:00:00Z' };
    const set = await me.jmap.call('VacationResponse/set', {
      accountId,
      ifInState: first.state,
      update: { singleton: update },
      create: { n: update },
      destroy: ['singleton'],
    });
    expect(set).toMatchObject({
      oldState: first.state,
      updated: { singleton: null },
      notCreated: { n: { type: 'singleton' } },
      notDestroyed: { singleton: { type: 'singleton' } },
    });
    const second = await me.jmap.call('VacationResponse/get', {
      accountId,
      ids: ['singleton', 'x'],
      properties: ['subject', 'isEnabled'],
    });
    expect(second).toMatchObject({
      state: set.newState,
      notFound: ['x'],
      list: [{ id: 'singleton', subject: '外出', isEnabled: true }],
    });
    const bad = await me.jmap.call('VacationResponse/set', {
      accountId,
      update: { singleton: { toDate: '2026-09-01T00:00:00Z' } },
    });
    expect(bad.notUpdated.singleton).toMatchObject({
      type: 'invalidProperties',
      properties: ['fromDate', 'toDate'],
    });
    await expect(
      me.jmap.call('VacationResponse/set', { accountId, ifInState: first.state, update: {} }),
    ).rejects.toThrow('stateMismatch');
  });

  test('[MAIL-3] Sieve scripts are uploaded, checked, made active, read, changed and destroyed', async () => {
    const me = await somebody();
    const { accountId } = me;
    const good = await upload(me, 'require "fileinto"; fileinto "A";');
    const bad = await upload(me, 'keep;\nnonsense;');
    expect((await me.jmap.call('SieveScript/validate', { accountId, blobId: good })).error).toBeNull();
    expect((await me.jmap.call('SieveScript/validate', { accountId, blobId: bad })).error).toMatchObject({
      type: 'invalidSieve',
      description: expect.stringContaining('line 2'),
    });
    const made = await me.jmap.call('SieveScript/set', {
      accountId,
      create: { A: { name: 'mine', blobId: good }, B: { name: null, blobId: good } },
      onSuccessActivateScript: '#A',
    });
    expect(made.created.A).toMatchObject({ isActive: true, blobId: expect.any(String) });
    expect(made.created.B).toMatchObject({ isActive: false, name: expect.any(String) });
    const refused = await me.jmap.call('SieveScript/set', {
      accountId,
      create: {
        C: { name: 'mine', blobId: good },
        D: { name: 'd', blobId: bad },
        E: { name: 'e', blobId: 'U00' },
      },
      destroy: [made.created.A.id],
      onSuccessDeactivateScript: true,
    });
    expect(refused.notCreated.C).toMatchObject({ type: 'alreadyExists', existingId: made.created.A.id });
    expect(refused.notCreated.D.type).toBe('invalidSieve');
    expect(refused.notCreated.E.type).toBe('blobNotFound');
    expect(refused.notDestroyed[made.created.A.id].type).toBe('sieveIsActive');
    const found = await me.jmap.call('SieveScript/query', { accountId, filter: { isActive: true } });
    expect(found.ids).toEqual([made.created.A.id]);
    const { list } = await me.jmap.call('SieveScript/get', { accountId, ids: found.ids });
    expect(list[0]).toMatchObject({ name: 'mine', isActive: true, blobId: made.created.A.blobId });
    const text = await fetch(`${url}/jmap/download/${accountId}/${list[0].blobId}/x`, {
      headers: me.jmap.headers,
    });
    expect(await text.text()).toBe('require "fileinto"; fileinto "A";');
    const changed = await me.jmap.call('SieveScript/set', {
      accountId,
      update: { [made.created.A.id]: { name: 'renamed' } },
      destroy: [made.created.B.id],
      onSuccessDeactivateScript: true,
    });
    expect(changed.updated[made.created.A.id]).toMatchObject({ isActive: false });
    expect(changed.destroyed).toEqual([made.created.B.id]);
    expect((await me.jmap.call('SieveScript/get', { accountId, ids: null })).list).toMatchObject([
      { name: 'renamed', isActive: false },
    ]);
  });

  test('[MAIL-3] nobody sees scripts of others', async () => {
    const [me, other] = [await somebody(), await somebody()];
    const blobId = await upload(other, 'keep;');
    await other.jmap.call('SieveScript/set', {
      accountId: other.accountId,
      create: { A: { name: 'x', blobId } },
    });
    await expect(me.jmap.call('SieveScript/get', { accountId: other.accountId, ids: null })).rejects.toThrow(
      'accountNotFound',
    );
    const { list } = await other.jmap.call('SieveScript/get', { accountId: other.accountId, ids: null });
    await expect(
      me.jmap.call('SieveScript/validate', { accountId: me.accountId, blobId: list[0].blobId }),
    ).rejects.toThrow('blobNotFound');
  });
});

describe('query changes', () => {
  /** What RFC 8620 §5.6 has a client do with the answer. */
  function applied(old: string[], answer: Answer): string[] {
    const list = old.filter((id) => !answer.removed.includes(id));
    for (const { id, index } of answer.added) list.splice(index, 0, id);
    return list;
  }

  async function withMails(me: Awaited<ReturnType<typeof somebody>>, days: number[]): Promise<string[]> {
    const made = await me.jmap.call('Email/set', {
      accountId: me.accountId,
      create: Object.fromEntries(
        days.map((day) => [
          `d${day}`,
          {
            mailboxIds: { [me.role('inbox')]: true },
            subject: `day ${day}`,
            receivedAt: `2026-03-0${day}T08:00:00Z`,
            bodyValues: { t: { value: 'x' } },
            textBody: [{ partId: 't', type: 'text/plain' }],
          },
        ]),
      ),
    });
    return days.map((day) => made.created[`d${day}`].id);
  }

  test('[MAIL-3] of Emails turn the old list into the new one, for mailboxes, keywords and everything', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    const [a = '', b = '', c = '', d = ''] = await withMails(me, [1, 3, 5, 7]);
    const queries: Args[] = [
      {},
      { filter: { inMailbox: me.role('inbox') } },
      { filter: { notKeyword: '$seen' }, sort: [{ property: 'receivedAt', isAscending: true }] },
      { filter: { hasKeyword: 'later' } },
      { filter: { operator: 'OR', conditions: [{ subject: 'day' }, { hasAttachment: true }] } },
    ];
    const old = [];
    for (const query of queries) old.push(await jmap.call('Email/query', { accountId, ...query }));
    expect(old.map((answer) => answer.canCalculateChanges)).toEqual(queries.map(() => true));
    const [e = ''] = await withMails(me, [4]);
    await jmap.call('Email/set', {
      accountId,
      update: {
        [a]: { mailboxIds: { [me.role('archive')]: true } },
        [b]: { 'keywords/$seen': true },
        [c]: { 'keywords/later': true },
      },
      destroy: [d],
    });
    for (const [index, query] of queries.entries()) {
      const sinceQueryState = old[index].queryState;
      const answer = await jmap.call('Email/queryChanges', {
        accountId,
        ...query,
        sinceQueryState,
        calculateTotal: true,
      });
      const now = await jmap.call('Email/query', { accountId, ...query });
      expect(answer.oldQueryState).toBe(sinceQueryState);
      expect(answer.newQueryState).toBe(now.queryState);
      expect(applied(old[index].ids, answer)).toEqual(now.ids);
      expect(answer.total).toBe(now.ids.length);
    }
    const whole = await jmap.call('Email/queryChanges', { accountId, sinceQueryState: old[0].queryState });
    // Nothing that keeps its place for ever is sent again.
    expect(whole.removed).toEqual([d]);
    expect(whole.added).toEqual([{ id: e, index: 1 }]);
    const near = await jmap.call('Email/queryChanges', {
      accountId,
      sinceQueryState: old[0].queryState,
      upToId: c,
    });
    expect(near.added).toEqual([]);
  });

  test('[MAIL-3] are refused where they cannot be right', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    const threads = { someInThreadHaveKeyword: '$flagged' };
    const { queryState } = await jmap.call('Email/query', { accountId });
    await withMails(me, [1, 2, 3]);
    const refused = async (args: Args) => {
      const [[, answer]] = await jmap.many([
        ['Email/queryChanges', { accountId, sinceQueryState: queryState, ...args }, '0'],
      ]);
      return answer.type;
    };
    expect(await refused({ collapseThreads: true })).toBe('cannotCalculateChanges');
    expect(await refused({ filter: threads })).toBe('cannotCalculateChanges');
    expect(await refused({ sinceQueryState: 'x' })).toBe('cannotCalculateChanges');
    expect(await refused({ sinceQueryState: '999999' })).toBe('cannotCalculateChanges');
    expect(await refused({ maxChanges: 2 })).toBe('tooManyChanges');
    expect(await refused({ maxChanges: 3 })).toBe(undefined);
    expect(await refused({ maxChanges: 0 })).toBe('invalidArguments');
    expect(await refused({ sinceQueryState: null })).toBe('invalidArguments');
    for (const query of [{ collapseThreads: true }, { filter: threads }]) {
      const answer = await jmap.call('Email/query', { accountId, ...query });
      expect(answer.canCalculateChanges).toBe(false);
    }
  });

  test('[MAIL-3] of Mailboxes follow names, parents and trees', async () => {
    const me = await somebody();
    const { accountId, jmap } = me;
    const made = await jmap.call('Mailbox/set', {
      accountId,
      create: {
        a: { name: 'alpha', parentId: null },
        b: { name: 'beta', parentId: '#a' },
        z: { name: 'zeta', parentId: null },
      },
    });
    const [a, z] = [made.created.a.id, made.created.z.id];
    const byName = [{ property: 'name', isAscending: true }];
    const queries: Args[] = [
      {},
      { sort: byName },
      { sort: byName, sortAsTree: true, filterAsTree: true, filter: { name: 'a' } },
      { filter: { hasAnyRole: false } },
    ];
    const old = [];
    for (const query of queries) old.push(await jmap.call('Mailbox/query', { accountId, ...query }));
    await jmap.call('Mailbox/set', {
      accountId,
      create: { m: { name: 'mala', parentId: null } },
      update: { [a]: { name: 'yellow' } },
      destroy: [z],
    });
    for (const [index, query] of queries.entries()) {
      expect(old[index].canCalculateChanges).toBe(true);
      const args = { accountId, ...query, sinceQueryState: old[index].queryState, calculateTotal: true };
      const answer = await jmap.call('Mailbox/queryChanges', args);
      const now = await jmap.call('Mailbox/query', { accountId, ...query });
      expect(applied(old[index].ids, answer)).toEqual(now.ids);
      expect(answer.total).toBe(now.ids.length);
    }
  });
});
