import type { MailSettingKey, MailSettings } from '@hongyan/contract';
import type { settingTexts } from './texts.ts';

type TextKey = keyof (typeof settingTexts)['pairs'];

/** One value of a section as the page asks for it. */
export type SettingField<Name extends string = string> = {
  name: Name;
  label: TextKey;
  hint?: TextKey;
} & (
  | { kind: 'switch' }
  | { kind: 'number'; min: number; max: number; unit?: TextKey }
  | { kind: 'text' }
  /** Several lines that belong together. */
  | { kind: 'block' }
  /** One entry a line. */
  | { kind: 'lines' }
  | { kind: 'choice'; options: readonly { value: string; label: TextKey }[] }
);

export interface SettingSection {
  key: MailSettingKey;
  title: TextKey;
  about: TextKey;
  fields: readonly SettingField[];
}

/** The names of fields are those of the section. */
const section = <K extends MailSettingKey>(
  value: SettingSection & { key: K; fields: readonly SettingField<keyof MailSettings[K] & string>[] },
): SettingSection => value;

const JUDGE = [
  { value: 'off', label: 'off' },
  { value: 'junk', label: 'toJunk' },
  { value: 'reject', label: 'refuse' },
] as const;

/** The sections in the page's order; a feature joins with one entry here. */
export const settingSections: readonly SettingSection[] = [
  section({
    key: 'authentication',
    title: 'authentication',
    about: 'authenticationAbout',
    fields: [
      { kind: 'switch', name: 'enabled', label: 'authEnabled' },
      { kind: 'switch', name: 'dmarcReject', label: 'dmarcReject', hint: 'dmarcRejectHint' },
      { kind: 'lines', name: 'trustedRelays', label: 'trustedRelays', hint: 'trustedRelaysHint' },
      { kind: 'lines', name: 'trustedSealers', label: 'trustedSealers', hint: 'trustedSealersHint' },
    ],
  }),
  section({
    key: 'clients',
    title: 'clients',
    about: 'clientsAbout',
    fields: [
      { kind: 'text', name: 'host', label: 'clientHost', hint: 'clientHostHint' },
      { kind: 'text', name: 'secondHost', label: 'secondHost', hint: 'secondHostHint' },
      { kind: 'number', name: 'imapsPort', label: 'imapsPort', hint: 'portHint', min: 0, max: 65535 },
      { kind: 'number', name: 'imapPort', label: 'imapPort', min: 0, max: 65535 },
      { kind: 'number', name: 'pop3sPort', label: 'pop3sPort', min: 0, max: 65535 },
      { kind: 'number', name: 'pop3Port', label: 'pop3Port', min: 0, max: 65535 },
      { kind: 'number', name: 'submissionsPort', label: 'submissionsPort', min: 0, max: 65535 },
      { kind: 'number', name: 'submissionPort', label: 'submissionPort', min: 0, max: 65535 },
      { kind: 'number', name: 'legacySmtpsPort', label: 'legacyPort', hint: 'zeroOff', min: 0, max: 65535 },
      { kind: 'number', name: 'sievePort', label: 'sievePort', min: 0, max: 65535 },
    ],
  }),
  section({
    key: 'trace',
    title: 'trace',
    about: 'traceAbout',
    fields: [
      {
        kind: 'choice',
        name: 'showRead',
        label: 'showRead',
        options: [
          { value: 'never', label: 'readNever' },
          { value: 'shared', label: 'readShared' },
          { value: 'always', label: 'readAlways' },
        ],
      },
    ],
  }),
  section({
    key: 'signing',
    title: 'signing',
    about: 'signingAbout',
    fields: [
      { kind: 'switch', name: 'enabled', label: 'signEnabled' },
      { kind: 'switch', name: 'arc', label: 'sealEnabled' },
      { kind: 'number', name: 'rotateDays', label: 'rotateDays', min: 0, max: 3650, unit: 'days' },
    ],
  }),
  section({
    key: 'greylist',
    title: 'greylist',
    about: 'greylistAbout',
    fields: [
      { kind: 'switch', name: 'enabled', label: 'greylistEnabled' },
      { kind: 'number', name: 'delaySeconds', label: 'greyDelay', min: 1, max: 86400, unit: 'seconds' },
      { kind: 'number', name: 'retryHours', label: 'greyRetry', min: 1, max: 240, unit: 'hours' },
      { kind: 'number', name: 'passDays', label: 'greyPass', min: 1, max: 400, unit: 'days' },
      { kind: 'number', name: 'prefix4', label: 'greyPrefix4', min: 8, max: 32 },
      { kind: 'number', name: 'prefix6', label: 'greyPrefix6', min: 16, max: 128 },
      { kind: 'lines', name: 'exempt', label: 'greyExempt', hint: 'networkHint' },
    ],
  }),
  section({
    key: 'dnsLists',
    title: 'dnsLists',
    about: 'dnsListsAbout',
    fields: [
      { kind: 'switch', name: 'enabled', label: 'dnsListsEnabled' },
      { kind: 'lines', name: 'zones', label: 'zones', hint: 'zonesHint' },
      { kind: 'number', name: 'junkAt', label: 'junkAt', hint: 'zeroOff', min: 0, max: 1000 },
      { kind: 'number', name: 'rejectAt', label: 'rejectAt', hint: 'zeroOff', min: 0, max: 1000 },
    ],
  }),
  section({
    key: 'limits',
    title: 'limits',
    about: 'limitsAbout',
    fields: [
      { kind: 'number', name: 'connectionsPerMinute', label: 'connectionsPerMinute', min: 0, max: 100000 },
      { kind: 'number', name: 'messagesPerMinute', label: 'messagesPerMinute', min: 0, max: 1000000 },
      { kind: 'number', name: 'recipientsPerHour', label: 'recipientsPerHour', min: 0, max: 10000000 },
      { kind: 'number', name: 'senderMessagesPerHour', label: 'senderMessages', min: 0, max: 1000000 },
      { kind: 'number', name: 'senderRecipientsPerHour', label: 'senderRecipients', min: 0, max: 10000000 },
      { kind: 'number', name: 'tarpitAfter', label: 'tarpitAfter', min: 0, max: 100 },
      { kind: 'number', name: 'tarpitSeconds', label: 'tarpitSeconds', min: 0, max: 30, unit: 'seconds' },
    ],
  }),
  section({
    key: 'hygiene',
    title: 'hygiene',
    about: 'hygieneAbout',
    fields: [
      { kind: 'choice', name: 'heloName', label: 'heloName', options: JUDGE },
      { kind: 'choice', name: 'heloNotOurs', label: 'heloNotOurs', options: JUDGE },
      { kind: 'choice', name: 'reverseName', label: 'reverseName', options: JUDGE },
      {
        kind: 'number',
        name: 'greetSeconds',
        label: 'greetSeconds',
        hint: 'greetHint',
        min: 0,
        max: 30,
        unit: 'seconds',
      },
    ],
  }),
  section({
    key: 'scanners',
    title: 'scanners',
    about: 'scannersAbout',
    fields: [
      { kind: 'switch', name: 'rspamd', label: 'rspamdOn' },
      { kind: 'text', name: 'rspamdUrl', label: 'rspamdUrl' },
      { kind: 'switch', name: 'clamav', label: 'clamavOn' },
      { kind: 'text', name: 'clamavAddress', label: 'clamavAddress', hint: 'clamavHint' },
      {
        kind: 'choice',
        name: 'virus',
        label: 'virus',
        options: [
          { value: 'reject', label: 'refuse' },
          { value: 'quarantine', label: 'hold' },
        ],
      },
      {
        kind: 'choice',
        name: 'whenAway',
        label: 'whenAway',
        options: [
          { value: 'accept', label: 'acceptAnyway' },
          { value: 'defer', label: 'askLater' },
        ],
      },
      { kind: 'number', name: 'timeoutSeconds', label: 'scanTimeout', min: 1, max: 120, unit: 'seconds' },
    ],
  }),
  section({
    key: 'sending',
    title: 'sending',
    about: 'sendingAbout',
    fields: [
      { kind: 'number', name: 'messagesPerHour', label: 'messagesPerHour', min: 0, max: 1_000_000 },
      { kind: 'number', name: 'recipientsPerHour', label: 'sendRecipientsPerHour', min: 0, max: 10_000_000 },
      { kind: 'number', name: 'messagesPerDay', label: 'messagesPerDay', min: 0, max: 10_000_000 },
      { kind: 'number', name: 'recipientsPerDay', label: 'recipientsPerDay', min: 0, max: 100_000_000 },
      {
        kind: 'number',
        name: 'lockRecipientsPerHour',
        label: 'lockRecipientsPerHour',
        hint: 'lockHint',
        min: 0,
        max: 10_000_000,
      },
    ],
  }),
  section({
    key: 'footer',
    title: 'footer',
    about: 'footerAbout',
    fields: [
      {
        kind: 'choice',
        name: 'scope',
        label: 'footerScope',
        options: [
          { value: 'off', label: 'footerOff' },
          { value: 'outside', label: 'footerOutside' },
          { value: 'all', label: 'footerAll' },
        ],
      },
      { kind: 'block', name: 'text', label: 'footerText' },
      { kind: 'block', name: 'html', label: 'footerHtml', hint: 'footerHtmlHint' },
    ],
  }),
  section({
    key: 'delivery',
    title: 'delivery',
    about: 'deliveryAbout',
    fields: [
      { kind: 'number', name: 'concurrency', label: 'concurrency', min: 1, max: 50 },
      {
        kind: 'number',
        name: 'perMinute',
        label: 'perMinute',
        hint: 'perMinuteHint',
        min: 0,
        max: 100_000,
      },
      { kind: 'switch', name: 'requireTls', label: 'requireTls', hint: 'requireTlsHint' },
      {
        kind: 'choice',
        name: 'mtaSts',
        label: 'mtaSts',
        hint: 'mtaStsHint',
        options: [
          { value: 'off', label: 'off' },
          { value: 'testing', label: 'mtaStsTesting' },
          { value: 'enforce', label: 'mtaStsEnforce' },
        ],
      },
    ],
  }),
  section({
    key: 'forwarding',
    title: 'forwarding',
    about: 'forwardingAbout',
    fields: [{ kind: 'switch', name: 'outside', label: 'forwardOutside', hint: 'forwardOutsideHint' }],
  }),
  section({
    key: 'quarantine',
    title: 'quarantine',
    about: 'quarantineAbout',
    fields: [
      { kind: 'switch', name: 'spam', label: 'holdSpam' },
      { kind: 'number', name: 'days', label: 'holdDays', min: 1, max: 365, unit: 'days' },
      { kind: 'switch', name: 'digest', label: 'digest' },
      { kind: 'number', name: 'digestHour', label: 'digestHour', min: 0, max: 23, unit: 'oClock' },
    ],
  }),
  section({
    key: 'dmarcReports',
    title: 'dmarcReports',
    about: 'dmarcReportsAbout',
    fields: [
      { kind: 'switch', name: 'send', label: 'sendReports' },
      { kind: 'text', name: 'address', label: 'reportAddress', hint: 'reportAddressHint' },
      { kind: 'text', name: 'organisation', label: 'organisation' },
      { kind: 'text', name: 'contact', label: 'contact' },
    ],
  }),
];
