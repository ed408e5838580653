import type {
  BlockList,
  FilterAction,
  FilterCondition,
  FilterRule,
  ForwardingRule,
  MailRules,
  VacationRule,
} from '@hongyan/contract';

/** Nothing set: what a person begins with. */
export const NO_RULES: MailRules = {
  vacation: { enabled: false, subject: '', text: '' },
  forwarding: { enabled: false, addresses: [], keepCopy: true },
  blocked: { senders: [], action: 'junk' },
  filters: [],
};

export function isActive(rules: MailRules): boolean {
  return (
    rules.vacation.enabled ||
    (rules.forwarding.enabled && rules.forwarding.addresses.length > 0) ||
    rules.blocked.senders.length > 0 ||
    rules.filters.some((filter) => filter.enabled)
  );
}

const REQUIRES = [
  'fileinto',
  'copy',
  'mailboxid',
  'special-use',
  'imap4flags',
  'environment',
  'body',
  'date',
  'relational',
  'vacation',
  'reject',
  'enotify',
  'envelope',
];

/**
 * The settings pages' rules as a script. It runs before the active script, and like every script in a row it hands over
 * while the message is still to be kept. Order: blocked senders are done with; unwanted mail causes no reply and no
 * copy elsewhere; then the reply, forwarding, and the filters as the person has ordered them.
 */
export function rulesScript(rules: MailRules): string {
  return [
    `require ${list(REQUIRES)};`,
    ...blockLines(rules.blocked),
    'if environment :is "vnd.hongyan.junk" "yes" { stop; }',
    ...vacationLines(rules.vacation),
    ...forwardLines(rules.forwarding),
    ...rules.filters.filter((filter) => filter.enabled).flatMap(filterLines),
    '',
  ].join('\r\n');
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\0/g, '')}"`;
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

/** In a pattern of :matches everything but our own stars is literal. */
function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

function blockLines({ senders, action }: BlockList): string[] {
  if (senders.length === 0) return [];
  const addresses = senders.filter((sender) => /^[^@]+@/.test(sender));
  const domains = senders
    .filter((sender) => !/^[^@]+@/.test(sender))
    .map((domain) => domain.replace(/^@/, ''));
  const tests = [
    ...(addresses.length > 0
      ? [`address :all :is "from" ${list(addresses)}`, `envelope :all :is "from" ${list(addresses)}`]
      : []),
    ...(domains.length > 0
      ? [
          `address :domain :is "from" ${list(domains)}`,
          `address :domain :matches "from" ${list(domains.map((domain) => `*.${literal(domain)}`))}`,
        ]
      : []),
  ];
  const act = action === 'discard' ? 'discard;' : 'fileinto :specialuse "\\\\Junk" "Junk";';
  return [`if anyof (${tests.join(', ')}) { ${act} stop; }`];
}

/** JMAP clients may switch the reply on without a text. */
const NO_TEXT = '您的邮件已收到，我会尽快回复。\n\nYour message has arrived. I will answer as soon as I can.';

function vacationLines(rule: VacationRule): string[] {
  if (!rule.enabled) return [];
  const time = (value: string) => quote(new Date(value).toISOString().replace(/\.\d+Z$/, '+00:00'));
  const bounds = [
    ...(rule.from === undefined
      ? []
      : [`currentdate :zone "+0000" :value "ge" "iso8601" ${time(rule.from)}`]),
    ...(rule.until === undefined
      ? []
      : [`currentdate :zone "+0000" :value "lt" "iso8601" ${time(rule.until)}`]),
  ];
  const subject = rule.subject.trim() === '' ? '' : `:subject ${quote(rule.subject)} `;
  const reply =
    rule.html === undefined || rule.html === ''
      ? `vacation :days 1 ${subject}${quote((rule.text === '' ? NO_TEXT : rule.text).replace(/\r?\n/g, '\r\n'))};`
      : `vacation :days 1 ${subject}:mime ${quote(alternative(rule.text, rule.html))};`;
  return bounds.length === 0 ? [reply] : [`if allof (true, ${bounds.join(', ')}) { ${reply} }`];
}

/** The reply as plain text and HTML. */
function alternative(text: string, html: string): string {
  const boundary = '=_hongyan_vacation';
  const part = (type: string, content: string) =>
    `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(
      content,
    )
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n')}\r\n`;
  if (text === '')
    return `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(
      html,
    )
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n')}\r\n`;
  return `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${part('text/plain', text.replace(/\r?\n/g, '\r\n'))}${part('text/html', html)}--${boundary}--\r\n`;
}

function forwardLines({ enabled, addresses, keepCopy }: ForwardingRule): string[] {
  if (!enabled || addresses.length === 0) return [];
  if (keepCopy) return addresses.map((address) => `redirect :copy ${quote(address)};`);
  return [...addresses.map((address) => `redirect ${quote(address)};`), 'stop;'];
}

function filterLines(filter: FilterRule): string[] {
  const tests = filter.conditions.map(conditionTest);
  const test = `${filter.match === 'any' ? 'anyof' : 'allof'} (${tests.join(', ')})`;
  const acts = filter.actions.map(actionCommand);
  return [`if ${test} { ${acts.join(' ')}${filter.stop ? ' stop;' : ''} }`];
}

const FIELDS = new Map([
  ['from', '"from"'],
  ['to', '"to"'],
  ['cc', '"cc"'],
  ['recipient', '["to", "cc"]'],
  ['subject', '"subject"'],
]);

function conditionTest({ field, header, operator, value }: FilterCondition): string {
  if (field === 'size') {
    const kilobytes = Math.min(Math.max(Math.floor(Number(value)) || 0, 0), 10_000_000);
    return `size :${operator === 'under' ? 'under' : 'over'} ${kilobytes}K`;
  }
  const negative = operator === 'not_contains' || operator === 'is_not';
  const [match, key] =
    operator === 'is' || operator === 'is_not'
      ? [':is', value]
      : operator === 'begins'
        ? [':matches', `${literal(value)}*`]
        : operator === 'ends'
          ? [':matches', `*${literal(value)}`]
          : [':contains', value];
  const test =
    field === 'body'
      ? `body :text ${match} ${quote(key)}`
      : `${comparesAddress(field, operator) ? 'address :all' : 'header'} ${match} ${FIELDS.get(field) ?? quote(header ?? 'x-none')} ${quote(key)}`;
  return negative ? `not ${test}` : test;
}

/** 'Is' of a person means the address; 'contains' and its like look at the name too. */
function comparesAddress(field: string, operator: string): boolean {
  return (
    ['from', 'to', 'cc', 'recipient'].includes(field) && !['contains', 'not_contains'].includes(operator)
  );
}

function actionCommand(action: FilterAction): string {
  switch (action.type) {
    case 'move':
      return `fileinto ${place(action)};`;
    case 'copy':
      return `fileinto :copy ${place(action)};`;
    case 'seen':
      return 'addflag "\\\\Seen";';
    case 'flag':
      return 'addflag "\\\\Flagged";';
    case 'forward':
      return `redirect :copy ${quote(action.address ?? '')};`;
    case 'discard':
      return 'discard;';
    case 'reject':
      return `reject ${quote(action.text ?? '')};`;
    case 'notify':
      return 'notify "x-hongyan:";';
  }
}

function place({ mailboxId, mailbox }: FilterAction): string {
  return `${mailboxId === undefined ? '' : `:mailboxid ${quote(`F${mailboxId}`)} `}${quote(mailbox ?? 'INBOX')}`;
}
