import { checkSet, jmap, type Mailbox, type SetResult, setProblem } from '../jmap.ts';
import { type Draft, toEmail } from './draft.ts';

async function folders(accountId: string): Promise<Mailbox[]> {
  const [[, result]] = await jmap<[{ list: Mailbox[] }]>([
    ['Mailbox/get', { accountId, ids: null, properties: ['id', 'name', 'role'] }, 'm'],
  ]);
  return result.list;
}

async function folder(accountId: string, role: 'drafts' | 'sent'): Promise<string> {
  const all = await folders(accountId);
  const found = all.find((mailbox) => mailbox.role === role) ?? all[0];
  if (!found) throw setProblem({ type: 'accountNotFound' });
  return found.id;
}

const goneOnOwn = (draft: Draft) =>
  draft.stored && draft.stored.accountId === draft.sender.accountId
    ? { destroy: [draft.stored.emailId] }
    : {};

/** A mail's text never changes in JMAP: the new draft comes, the one before goes, in one step. */
export async function saveDraft(draft: Draft): Promise<{ accountId: string; emailId: string }> {
  const { accountId } = draft.sender;
  const mailboxId = await folder(accountId, 'drafts');
  const [[, result]] = await jmap<[SetResult]>([
    ['Email/set', { accountId, create: { draft: toEmail(draft, mailboxId) }, ...goneOnOwn(draft) }, 'd'],
  ]);
  if (result.notCreated) checkSet({ notCreated: result.notCreated });
  if (draft.stored && draft.stored.accountId !== accountId) await discardDraft(draft.stored);
  const emailId = result.created?.draft?.id;
  if (!emailId) throw setProblem({ type: 'serverFail' });
  return { accountId, emailId };
}

export async function discardDraft(stored: { accountId: string; emailId: string }): Promise<void> {
  await jmap<[SetResult]>([['Email/set', { accountId: stored.accountId, destroy: [stored.emailId] }, 'x']]);
}

/** Writes the mail, hands it over, and moves it to 'sent' as soon as it is accepted. */
export async function sendDraft(draft: Draft): Promise<void> {
  const { accountId, id: identityId, email } = draft.sender;
  const [drafts, sent] = await Promise.all([folder(accountId, 'drafts'), folder(accountId, 'sent')]);
  const recipients = [...draft.to, ...draft.cc, ...draft.bcc];
  const [[, written], [, submitted]] = await jmap<[SetResult, SetResult]>([
    ['Email/set', { accountId, create: { mail: toEmail(draft, drafts) } }, 'e'],
    [
      'EmailSubmission/set',
      {
        accountId,
        create: {
          send: {
            emailId: '#mail',
            identityId,
            envelope: {
              mailFrom: { email },
              rcptTo: recipients.map((address) => ({ email: address.email })),
            },
          },
        },
        onSuccessUpdateEmail: {
          '#send': { mailboxIds: { [sent]: true }, 'keywords/$draft': null },
        },
      },
      's',
    ],
  ]);
  if (written.notCreated) checkSet({ notCreated: written.notCreated });
  if (submitted.notCreated && Object.keys(submitted.notCreated).length > 0) {
    const left = written.created?.mail?.id;
    if (left) await discardDraft({ accountId, emailId: left }).catch(() => undefined);
    checkSet({ notCreated: submitted.notCreated });
  }
  if (draft.stored) await discardDraft(draft.stored).catch(() => undefined);
  const { answered } = draft;
  if (answered) {
    await jmap([
      [
        'Email/set',
        {
          accountId: answered.accountId,
          update: { [answered.emailId]: { [`keywords/${answered.keyword}`]: true } },
        },
        'a',
      ],
    ]).catch(() => undefined);
  }
}
