import type { MailSettings } from '@hongyan/contract';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { Settings } from '../settings/index.ts';
import type { CheckVerdict } from './basic.ts';
import type { ClientIdentity } from './client.ts';
import { createCounter } from './counter.ts';
import { askDnsLists } from './dns-lists.ts';
import { sweepTriplets, touchTriplet } from './greylist.store.ts';
import { checkHygiene } from './hygiene.ts';
import { inNetworks, isLoopbackAddress, networkOf } from './networks.ts';

export interface GateParts {
  db: Db;
  dns: DnsResolver;
  settings: Settings;
  clock: Clock;
  log: Logger;
  hostname: string;
  domains(): Promise<string[]>;
  /** Limits and hygiene for loopback too: for tests. Else local programs and benchmarks are free of them. */
  checkLoopback: boolean;
}

/** What the gate thinks of a client; kept for its session. */
export interface ClientReport {
  junk: boolean;
  /** Why, for the trace and the quarantine. */
  notes: string[];
}

/** The checks before there is a message: on connecting, at MAIL and at RCPT. All limits are of one process. */
export interface Gate {
  connect(address: string): Promise<CheckVerdict>;
  /** How long to wait before the greeting; those who talk meanwhile are refused. */
  greetMs(address: string): Promise<number>;
  /** Reputation and manners of a client; asked once a HELO. */
  judge(client: ClientIdentity): Promise<CheckVerdict & { report: ClientReport }>;
  mail(client: ClientIdentity, sender: string): Promise<CheckVerdict>;
  rcpt(client: ClientIdentity, sender: string, recipient: string): Promise<CheckVerdict>;
  /** How long the answer to another wrong recipient waits. */
  tarpitMs(wrong: number): Promise<number>;
  sweep(): Promise<void>;
}

const PASS: CheckVerdict = { kind: 'pass' };
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400;

export function createGate(parts: GateParts): Gate {
  const { db, dns, settings, clock, log } = parts;
  const now = () => clock.ms();
  const connections = createCounter(MINUTE, now);
  const messages = createCounter(MINUTE, now);
  const recipients = createCounter(HOUR, now);
  const senderMessages = createCounter(HOUR, now);
  const senderRecipients = createCounter(HOUR, now);

  const isTrusted = (address: string, all: MailSettings) =>
    inNetworks(address, all.authentication.trustedRelays);
  const isFree = (address: string, all: MailSettings) =>
    isTrusted(address, all) || (isLoopbackAddress(address) && !parts.checkLoopback);

  return {
    async connect(address) {
      const all = await settings.all();
      if (isFree(address, all) || connections.take(address, all.limits.connectionsPerMinute)) return PASS;
      return later(421, 'Too many connections from your address');
    },
    async greetMs(address) {
      const all = await settings.all();
      return isFree(address, all) ? 0 : all.hygiene.greetSeconds * 1_000;
    },
    async judge(client) {
      const all = await settings.all();
      const report: ClientReport = { junk: false, notes: [] };
      const { dnsLists } = all;
      if (dnsLists.enabled && !isTrusted(client.address, all)) {
        const { weight, zones } = await askDnsLists(dns, client.address, dnsLists.zones);
        if (dnsLists.rejectAt > 0 && weight >= dnsLists.rejectAt)
          return { ...refuse(`Your address is listed by ${zones.join(', ')}`), report };
        if (dnsLists.junkAt > 0 && weight >= dnsLists.junkAt) {
          report.junk = true;
          report.notes.push(`listed by ${zones.join(', ')}`);
        }
      }
      if (isFree(client.address, all)) return { ...PASS, report };
      const names = [parts.hostname.toLowerCase(), ...(await parts.domains())];
      for (const complaint of await checkHygiene(client, all.hygiene, { names, dns })) {
        if (complaint.action === 'reject') return { ...refuse(complaint.text), report };
        report.junk = true;
        report.notes.push(complaint.text);
      }
      return { ...PASS, report };
    },
    async mail({ address }, sender) {
      const all = await settings.all();
      const { limits } = all;
      if (isFree(address, all)) return PASS;
      if (!messages.take(address, limits.messagesPerMinute))
        return later(451, 'Too many messages from your address');
      if (sender !== '' && !senderMessages.take(sender.toLowerCase(), limits.senderMessagesPerHour))
        return later(451, 'Too many messages from this sender');
      return PASS;
    },
    async rcpt({ address }, sender, recipient) {
      const all = await settings.all();
      const { limits, greylist } = all;
      if (!isFree(address, all)) {
        if (!recipients.take(address, limits.recipientsPerHour))
          return later(452, 'Too many recipients from your address');
        if (sender !== '' && !senderRecipients.take(sender.toLowerCase(), limits.senderRecipientsPerHour))
          return later(452, 'Too many recipients from this sender');
      }
      if (!greylist.enabled || isTrusted(address, all) || inNetworks(address, greylist.exempt)) return PASS;
      const triplet = {
        network: networkOf(address, greylist.prefix4, greylist.prefix6),
        sender: sender.toLowerCase(),
        recipient: recipient.toLowerCase(),
      };
      const rules = {
        delay: greylist.delaySeconds,
        retry: greylist.retryHours * 3_600,
        pass: greylist.passDays * DAY,
      };
      if (await touchTriplet(db, triplet, rules, clock.now())) return PASS;
      return later(451, 'Greylisted, please come back in a few minutes');
    },
    async tarpitMs(wrong) {
      const { limits } = await settings.all();
      return limits.tarpitAfter > 0 && wrong > limits.tarpitAfter ? limits.tarpitSeconds * 1_000 : 0;
    },
    async sweep() {
      const { greylist } = await settings.all();
      const before = (seconds: number) => new Date(now() - seconds * 1_000);
      const gone = await sweepTriplets(
        db,
        before(greylist.retryHours * 3_600),
        before(greylist.passDays * DAY),
      );
      if (gone > 0) log.debug({ gone }, 'greylist swept');
    },
  };
}

function later(code: 421 | 451 | 452, text: string): CheckVerdict {
  return { kind: 'defer', code, status: code === 452 ? '4.5.3' : '4.7.1', text };
}

function refuse(text: string): CheckVerdict {
  return { kind: 'reject', code: 550, status: '5.7.1', text };
}
