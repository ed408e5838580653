import type { Clock } from '../kit/clock/index.ts';
import { type Box, newId } from '../kit/crypto/index.ts';
import { afterCommit, type Db, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import type { Locale, Params } from '../kit/errors/index.ts';
import type { Signals } from '../kit/events/index.ts';
import { defineJob, type Jobs } from '../kit/jobs/index.ts';
import * as store from './channels.store.ts';
import type { SmsProvider, SmsVerdict } from './sms/provider.ts';
import { render, type TemplateName } from './templates.ts';

/** Signals topic; the payload is the account id. */
export const MESSAGES_CHANGED = 'channels.messages';

export interface Notice {
  accountId: number;
  template: TemplateName;
  params: Params;
  /** Path in the product that the message leads to. */
  link?: string;
  /** Saying it twice under one key is saying it once. */
  key: string;
  /** Also by e-mail to the person's own mailbox. */
  email?: boolean;
}

/** What channels asks of modules above; wire.ts fills it. */
export interface ChannelPorts {
  /** The person's language and mail address; undefined when the account is gone. */
  person(db: Queryable, accountId: number): Promise<{ locale: Locale; address: string } | undefined>;
  /** Queues a mail from the system, idempotent by key. */
  mail(tx: Tx, mail: { to: string; subject: string; text: string; key: string }): Promise<void>;
  /** Public origin, for links in mails. */
  origin(): string;
}

export interface ChannelsContext {
  db: Db;
  clock: Clock;
  signals: Signals;
  jobs: Jobs;
  box: Box;
  /** Undefined: no provider is set up, and the SMS paths are hidden. */
  sms: SmsProvider | undefined;
}

export type Channels = ReturnType<typeof createChannels>;

const emailJob = defineJob<{
  notificationId: string;
  accountId: number;
  title: string;
  body: string;
  link?: string;
}>('channels.email');

/** The one door through which the product tells people something. */
export function createChannels({ db, clock, signals, jobs, box, sms }: ChannelsContext, ports: ChannelPorts) {
  jobs.handle(emailJob, async ({ notificationId, accountId, title, body, link }) => {
    await transaction(db, async (tx) => {
      const person = await ports.person(tx, accountId);
      const now = clock.now();
      if (!person) {
        await store.updateDelivery(tx, {
          notificationId,
          channel: 'email',
          state: 'failed',
          reason: 'account gone',
          now,
        });
        return;
      }
      const text = link === undefined ? body : `${body}\n\n${ports.origin()}${link}`;
      await ports.mail(tx, {
        to: person.address,
        subject: title,
        text: `${text}\n`,
        key: `notification:${notificationId}`,
      });
      await store.updateDelivery(tx, {
        notificationId,
        channel: 'email',
        state: 'accepted',
        reason: null,
        now,
      });
    });
  });

  return {
    smsAvailable: sms !== undefined,

    /** Tells one person, in the caller's transaction: in the product at once, by mail from a job. */
    async notify(tx: Tx, notice: Notice): Promise<void> {
      const person = await ports.person(tx, notice.accountId);
      if (!person) return;
      const { title, body } = render(notice.template, notice.params, person.locale);
      const id = newId(clock.ms());
      const now = clock.now();
      const fresh = await store.insertNotification(tx, {
        id,
        accountId: notice.accountId,
        key: notice.key,
        kind: notice.template,
        title: title.slice(0, 200),
        body,
        link: notice.link ?? null,
        now,
      });
      if (!fresh) return;
      await store.insertDelivery(tx, {
        notificationId: id,
        channel: 'in_app',
        accountId: notice.accountId,
        state: 'delivered',
        now,
      });
      if (notice.email) {
        await store.insertDelivery(tx, {
          notificationId: id,
          channel: 'email',
          accountId: notice.accountId,
          state: 'queued',
          now,
        });
        await jobs.send(tx, emailJob, {
          notificationId: id,
          accountId: notice.accountId,
          title,
          body,
          ...(notice.link === undefined ? {} : { link: notice.link }),
        });
      }
      afterCommit(tx, () => signals.send(MESSAGES_CHANGED, String(notice.accountId)));
    },

    /** A text to a phone, now, with the provider's verdict: for one-time codes. `key` makes a retry harmless. */
    async sendSms(input: { to: string; template: string; text: string; key?: string }): Promise<SmsVerdict> {
      if (!sms) return { state: 'failed', reason: 'no provider' };
      const id = newId(clock.ms());
      const fresh = await store.insertSms(db, {
        id,
        key: input.key ?? null,
        phoneIndex: box.blindIndex('sms', input.to),
        template: input.template,
        provider: sms.name,
        state: 'queued',
        now: clock.now(),
      });
      if (!fresh) return { state: 'accepted' };
      let verdict: SmsVerdict;
      try {
        verdict = await sms.send({ ...input, time: clock.now() });
      } catch (error) {
        verdict = { state: 'unknown', reason: String(error) };
      }
      await store.updateSms(db, id, verdict.state, 'reason' in verdict ? verdict.reason : null);
      return verdict;
    },

    inbox: (filter: Parameters<typeof store.findInbox>[1]) => store.findInbox(db, filter),
    countUnread: (target: Queryable, accountId: number) => store.countUnread(target, accountId),
    async markRead(accountId: number, ids: string[] | undefined): Promise<void> {
      if ((await store.markRead(db, accountId, ids, clock.now())) > 0)
        signals.send(MESSAGES_CHANGED, String(accountId));
    },
  };
}
