import { isIP } from 'node:net';
import type { DmarcObservation } from '../checks/index.ts';
import { child, escapeXml, parseXml, textOf, type XmlNode } from './xml.ts';

/** One row of an aggregate report (RFC 7489 appendix C). */
export interface ReportRow {
  source: string;
  count: number;
  disposition: 'none' | 'quarantine' | 'reject';
  dkim: boolean;
  spf: boolean;
  headerFrom: string;
}

export interface AggregateReport {
  organisation: string;
  contact: string;
  externalId: string;
  domain: string;
  policy: string;
  begin: Date;
  end: Date;
  rows: ReportRow[];
}

/** Sources of one report; the largest senders name some thousands. */
const MAX_ROWS = 10_000;
/** A message count above this is no count. */
const MAX_COUNT = 1e12;

/** Reads an aggregate report; undefined when it is none. Anything odd inside is left out, not guessed. */
export function parseAggregateReport(xml: string): AggregateReport | undefined {
  const root = parseXml(xml);
  if (root?.name !== 'feedback') return undefined;
  const metadata = child(root, 'report_metadata');
  const begin = seconds(textOf(metadata, 20, 'date_range', 'begin'));
  const end = seconds(textOf(metadata, 20, 'date_range', 'end'));
  const domain = textOf(root, 255, 'policy_published', 'domain').toLowerCase();
  if (!metadata || !begin || !end || domain === '') return undefined;
  return {
    organisation: textOf(metadata, 200, 'org_name'),
    contact: textOf(metadata, 254, 'email'),
    externalId: textOf(metadata, 255, 'report_id'),
    domain,
    policy: textOf(root, 20, 'policy_published', 'p').toLowerCase(),
    begin,
    end,
    rows: root.children
      .filter((node) => node.name === 'record')
      .slice(0, MAX_ROWS)
      .flatMap(readRow),
  };
}

function readRow(record: XmlNode): ReportRow[] {
  const row = child(record, 'row');
  const source = textOf(row, 45, 'source_ip');
  const count = Number(textOf(row, 20, 'count'));
  if (isIP(source) === 0 || !Number.isInteger(count) || count < 1 || count > MAX_COUNT) return [];
  const disposition = textOf(row, 20, 'policy_evaluated', 'disposition').toLowerCase();
  return [
    {
      source,
      count,
      disposition: disposition === 'quarantine' || disposition === 'reject' ? disposition : 'none',
      dkim: textOf(row, 20, 'policy_evaluated', 'dkim').toLowerCase() === 'pass',
      spf: textOf(row, 20, 'policy_evaluated', 'spf').toLowerCase() === 'pass',
      headerFrom: textOf(record, 255, 'identifiers', 'header_from').toLowerCase(),
    },
  ];
}

function seconds(text: string): Date | undefined {
  return /^\d{1,11}$/.test(text) ? new Date(Number(text) * 1_000) : undefined;
}

export interface OwnReport {
  organisation: string;
  contact: string;
  id: string;
  domain: string;
  /** The DMARC record as it was published. */
  record: string;
  begin: Date;
  end: Date;
  seen: readonly { observed: DmarcObservation; count: number }[];
}

/** Our report about one domain (RFC 7489 appendix C). */
export function composeAggregateReport(report: OwnReport): string {
  const tag = (name: string, value: string | number) => `<${name}>${escapeXml(String(value))}</${name}>`;
  const policy = tagsOf(report.record);
  const published = ['adkim', 'aspf', 'p', 'sp', 'pct', 'fo']
    .map((name) => [name, policy.get(name) ?? PRESETS.get(name) ?? policy.get('p') ?? 'none'] as const)
    .map(([name, value]) => tag(name, value))
    .join('');
  const time = (at: Date) => Math.floor(at.getTime() / 1_000);
  return [
    '<?xml version="1.0" encoding="UTF-8" ?>\n<feedback><version>1.0</version><report_metadata>',
    tag('org_name', report.organisation),
    tag('email', report.contact),
    tag('report_id', report.id),
    `<date_range>${tag('begin', time(report.begin))}${tag('end', time(report.end))}</date_range></report_metadata>`,
    `<policy_published>${tag('domain', report.domain)}${published}</policy_published>`,
    ...report.seen.map(({ observed, count }) => composeRow(observed, count, tag)),
    '</feedback>\n',
  ].join('');
}

const PRESETS: ReadonlyMap<string, string> = new Map([
  ['adkim', 'r'],
  ['aspf', 'r'],
  ['pct', '100'],
  ['fo', '0'],
]);

function composeRow(
  seen: DmarcObservation,
  count: number,
  tag: (name: string, value: string | number) => string,
): string {
  const verdict = (aligned: boolean) => (aligned ? 'pass' : 'fail');
  const reason = seen.override ? `<reason>${tag('type', seen.override)}</reason>` : '';
  const dkim = seen.dkim
    .map(
      (one) =>
        `<dkim>${tag('domain', one.domain)}${tag('selector', one.selector)}${tag('result', one.result)}</dkim>`,
    )
    .join('');
  const spf = seen.spf ? `<spf>${tag('domain', seen.spf.domain)}${tag('result', seen.spf.result)}</spf>` : '';
  return [
    `<record><row>${tag('source_ip', seen.address)}${tag('count', count)}<policy_evaluated>`,
    tag('disposition', seen.disposition),
    tag('dkim', verdict(seen.dkimAligned)),
    tag('spf', verdict(seen.spfAligned)),
    `${reason}</policy_evaluated></row><identifiers>`,
    tag('envelope_from', seen.envelopeFrom),
    `${tag('header_from', seen.headerFrom)}</identifiers><auth_results>${dkim}${spf}</auth_results></record>`,
  ].join('');
}

/** Tags of a DMARC record, names in lower case. */
export function tagsOf(record: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of record.split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim().toLowerCase();
    if (at > 0 && !tags.has(name)) tags.set(name, part.slice(at + 1).trim());
  }
  return tags;
}

/** Receivers of reports; more than this a record need not have (RFC 7489 §6.2 asks for two at least). */
const MAX_RUA = 5;

/** Addresses of `rua` with their size limits in octets. */
export function reportTargets(record: string): { address: string; maxBytes: number }[] {
  const units: ReadonlyMap<string, number> = new Map([
    ['', 1],
    ['k', 2 ** 10],
    ['m', 2 ** 20],
    ['g', 2 ** 30],
    ['t', 2 ** 40],
  ]);
  return (tagsOf(record).get('rua') ?? '')
    .split(',')
    .slice(0, MAX_RUA)
    .flatMap((uri) => {
      const match = /^mailto:([^!?\s]+)(?:!(\d{1,9})([kmgt]?))?$/i.exec(uri.trim());
      if (!match?.[1]) return [];
      const address = decodePercent(match[1]);
      const limit =
        match[2] === undefined
          ? Infinity
          : Number(match[2]) * (units.get((match[3] ?? '').toLowerCase()) ?? 1);
      return address === undefined ? [] : [{ address, maxBytes: limit }];
    });
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
