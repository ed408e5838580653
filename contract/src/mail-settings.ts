import Type, { type Static, type TSchema } from 'typebox';
import { Closed, Text } from './common.ts';

const Switch = (preset: boolean) => Type.Boolean({ default: preset });
const Count = (preset: number, minimum: number, maximum: number) =>
  Type.Integer({ default: preset, minimum, maximum });
const Choice = <Values extends string[]>(preset: Values[number], values: readonly [...Values]) =>
  Type.Enum<Values>(values, { default: preset });
const Line = (preset: string, maxLength: number) =>
  Type.String({ default: preset, maxLength, pattern: '^[^\\u0000-\\u001f]*$' });
const Block = (maxLength: number) =>
  Type.String({ default: '', maxLength, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$' });
const Lines = (maxItems: number, pattern: string) =>
  Type.Array(Type.String({ maxLength: 255, pattern }), { default: [], maxItems });

/** `192.0.2.0/24`, `2001:db8::/32` or a single address. */
const NETWORK = '^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$';
const DOMAIN = '^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$';

/**
 * Sections of the mail settings. A feature joins by a section here and by its fields on the page
 * (web/src/console/mail-settings/fields.ts); each value has a default, so an empty table is a sound configuration.
 */
export const mailSettings = {
  /** SPF, DKIM, DMARC and ARC of what comes in. */
  authentication: Closed({
    enabled: Switch(true),
    /** Follow a policy of `p=reject` with 550; else such mail counts as junk. */
    dmarcReject: Switch(true),
    /** Relays of ours (a Postfix in front): the client before them in Received is the one that SPF looks at. */
    trustedRelays: Lines(200, NETWORK),
    /** Domains whose ARC seals are believed when DMARC fails: lists and forwarders. */
    trustedSealers: Lines(500, DOMAIN),
  }),
  greylist: Closed({
    enabled: Switch(false),
    delaySeconds: Count(300, 1, 86_400),
    /** A triplet that comes back later than this starts anew. */
    retryHours: Count(24, 1, 240),
    /** After success the triplet passes for so long. */
    passDays: Count(35, 1, 400),
    prefix4: Count(24, 8, 32),
    prefix6: Count(64, 16, 128),
    exempt: Lines(500, NETWORK),
  }),
  dnsLists: Closed({
    enabled: Switch(false),
    /** `zone weight`; an allow list has a negative weight. */
    zones: Lines(30, '^[A-Za-z0-9]([A-Za-z0-9._-]{0,200}[A-Za-z0-9]) -?[0-9]{1,3}$'),
    /** Sum of weights from which mail goes to Junk; 0 = never. */
    junkAt: Count(3, 0, 1_000),
    /** Sum of weights from which the client is refused; 0 = never. */
    rejectAt: Count(6, 0, 1_000),
  }),
  limits: Closed({
    /** Each 0 = no limit. Loopback and trusted relays are free of those by address. */
    connectionsPerMinute: Count(120, 0, 100_000),
    messagesPerMinute: Count(600, 0, 1_000_000),
    recipientsPerHour: Count(10_000, 0, 10_000_000),
    senderMessagesPerHour: Count(0, 0, 1_000_000),
    senderRecipientsPerHour: Count(0, 0, 10_000_000),
    /** Wrong recipients of one connection after which each further answer waits. */
    tarpitAfter: Count(5, 0, 100),
    tarpitSeconds: Count(2, 0, 30),
  }),
  hygiene: Closed({
    /** HELO must be a full name or an address literal. */
    heloName: Choice('off', ['off', 'junk', 'reject']),
    /** HELO must not be our own name or domain. */
    heloNotOurs: Choice('junk', ['off', 'junk', 'reject']),
    /** The client's address must have a name that leads back to it. */
    reverseName: Choice('off', ['off', 'junk', 'reject']),
    /** Wait so long before the greeting, and refuse those who talk first; 0 = greet at once. */
    greetSeconds: Count(0, 0, 30),
  }),
  scanners: Closed({
    rspamd: Switch(false),
    rspamdUrl: Line('http://127.0.0.1:11333', 300),
    clamav: Switch(false),
    /** `host:port` or the path of a Unix socket. */
    clamavAddress: Line('/var/run/clamav/clamd.ctl', 300),
    /** What happens to mail while a scanner is away. */
    whenAway: Choice('accept', ['accept', 'defer']),
    /** What happens to mail with a virus. */
    virus: Choice('reject', ['reject', 'quarantine']),
    timeoutSeconds: Count(20, 1, 120),
  }),
  quarantine: Closed({
    /** Hold unwanted mail instead of delivering it to Junk. */
    spam: Switch(false),
    days: Count(30, 1, 365),
    digest: Switch(true),
    digestHour: Count(8, 0, 23),
  }),
  dmarcReports: Closed({
    send: Switch(true),
    /** Where reports to us arrive; empty = dmarc-reports@<primary domain>. */
    address: Line('', 254),
    organisation: Line('', 100),
    contact: Line('', 254),
  }),
  forwarding: Closed({
    /** People may send their mail on to other institutions; an account can have an exception either way (ADM-4.11). */
    outside: Switch(true),
  }),
  clients: Closed({
    /** Name that clients connect to; empty = that of the public address. */
    host: Line('', 253),
    /** A second mail host for the MX records; empty = there is none. */
    secondHost: Line('', 253),
    /** Ports as they are seen from outside; 0 = as this server listens. */
    imapsPort: Count(0, 0, 65_535),
    imapPort: Count(0, 0, 65_535),
    pop3sPort: Count(0, 0, 65_535),
    pop3Port: Count(0, 0, 65_535),
    submissionsPort: Count(0, 0, 65_535),
    submissionPort: Count(0, 0, 65_535),
    /** For clients that know TLS on 994 only; 0 = not offered. */
    legacySmtpsPort: Count(0, 0, 65_535),
    sievePort: Count(0, 0, 65_535),
  }),
  /** What one account may send; each 0 = no limit. */
  sending: Closed({
    messagesPerHour: Count(1_000, 0, 1_000_000),
    recipientsPerHour: Count(5_000, 0, 10_000_000),
    messagesPerDay: Count(5_000, 0, 10_000_000),
    recipientsPerDay: Count(20_000, 0, 100_000_000),
    /** Recipients within an hour, refused ones counted, after which the account may not send until it is unlocked. */
    lockRecipientsPerHour: Count(10_000, 0, 10_000_000),
  }),
  /** What stands under every message that our people send. */
  footer: Closed({
    /** `outside`: when at least one recipient is of another institution. */
    scope: Choice('off', ['off', 'outside', 'all']),
    text: Block(2_000),
    /** A fragment for messages in HTML; empty = made from the text. */
    html: Block(8_000),
  }),
  delivery: Closed({
    /** Conversations with one destination at a time. */
    concurrency: Count(5, 1, 50),
    /** Messages a minute to one destination; 0 = no limit. */
    perMinute: Count(0, 0, 100_000),
    /** Never without TLS, to nobody; mail for servers that lack it comes back after five days. */
    requireTls: Switch(false),
    /** Our own MTA-STS policy (RFC 8461), shown under mta-sts.<domain>. */
    mtaSts: Choice('off', ['off', 'testing', 'enforce']),
  }),
  trace: Closed({
    /** Whose reading the message log tells. */
    showRead: Choice('shared', ['never', 'shared', 'always']),
  }),
  signing: Closed({
    enabled: Switch(true),
    /** Seal mail that we pass on for others (RFC 8617). */
    arc: Switch(true),
    /** Days until a new key is planned; 0 = by hand only. */
    rotateDays: Count(180, 0, 3_650),
  }),
} satisfies Record<string, TSchema>;

export type MailSettingKey = keyof typeof mailSettings;
export type MailSettings = { [K in MailSettingKey]: Static<(typeof mailSettings)[K]> };

/** GET /console/locked-senders: accounts that may not send, the newest first. */
export const LockedSender = Type.Object({
  accountId: Type.Integer(),
  address: Type.String(),
  /** Recipients of the hour in which it was locked. */
  recipients: Type.Integer(),
  lockedAt: Type.String({ format: 'date-time' }),
});
export type LockedSender = Static<typeof LockedSender>;
export const LockedSenderList = Type.Object({ items: Type.Array(LockedSender) });
export type LockedSenderList = Static<typeof LockedSenderList>;

/** GET /console/mail-settings: every section with its values; keys are those of `mailSettings`. */
export const MailSettingSections = Type.Object({
  sections: Type.Array(Type.Object({ key: Text(50), value: Type.Record(Type.String(), Type.Unknown()) })),
});
export type MailSettingSections = Static<typeof MailSettingSections>;
