import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook } from '../ports.ts';
import { decodeTransfer, type MimePart } from '../protocol/mime/index.ts';
import { parseMailbox } from '../protocol/smtp/index.ts';
import { compose, type Enqueue, mailbox, newRef } from '../queue/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Store, StoredBody } from '../store/index.ts';
import { composeAggregateReport, parseAggregateReport, reportTargets } from './aggregate.ts';
import { insertReport, listUnreported, sweepReports, takeSeen } from './reports.store.ts';
import { unpackReport } from './unpack.ts';

export interface ReportParts {
  db: Db;
  store: Store;
  enqueue: Enqueue;
  addressBook: AddressBook;
  settings: Settings;
  dns: DnsResolver;
  clock: Clock;
  log: Logger;
  hostname: string;
}

export interface DmarcReports {
  /** Whether reports about us arrive at this address. */
  isTarget(address: string): Promise<boolean>;
  /** Reads a report that has come; false when the message holds none. Durable on return. */
  take(body: StoredBody, authenticated: boolean): Promise<boolean>;
  /** Sends what was seen on earlier days to those who ask for it; returns how many mails went out. */
  sendDue(): Promise<number>;
  sweep(): Promise<void>;
}

const zip = promisify(gzip);
/** A message with a report is read into memory up to here. */
const MAX_MESSAGE = 10 * 1024 * 1024;
/** Parts looked at. */
const MAX_PARTS = 20;
/** Reports of one run; the rest goes with the next. */
const MAX_DUE = 2_000;
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** DMARC aggregate reports, out and in (RFC 7489 §7). */
export function createDmarcReports(parts: ReportParts): DmarcReports {
  const { db, store, addressBook, settings, dns, clock, log, hostname } = parts;

  async function report(day: string, domain: string): Promise<number> {
    const { address, organisation, contact } = await settings.get('dmarcReports');
    const [primary = hostname] = await addressBook.domains(db);
    const from = address === '' ? `dmarc-reports@${primary}` : address;
    const begin = new Date(`${day}T00:00:00Z`);
    const end = new Date(begin.getTime() + DAY_MS - 1_000);
    return transaction(db, async (tx) => {
      const seen = await takeSeen(tx, day, domain);
      const record = seen[0]?.record;
      if (record === undefined) return 0;
      const id = `${day.replaceAll('-', '')}.${newRef()}@${primary}`;
      const xml = composeAggregateReport({
        organisation: organisation === '' ? primary : organisation,
        contact: contact === '' ? from : contact,
        id,
        domain,
        record,
        begin,
        end,
        seen,
      });
      const packed = await zip(xml);
      const seconds = (at: Date) => Math.floor(at.getTime() / 1_000);
      const file = `${primary}!${domain}!${seconds(begin)}!${seconds(end)}.xml.gz`;
      let sent = 0;
      for (const target of reportTargets(record)) {
        if (packed.length > target.maxBytes || !(await mayReceive(domain, target.address))) continue;
        await send(tx, { from, to: target.address, domain, submitter: primary, id, file, packed });
        sent++;
      }
      return sent;
    });
  }

  /** Another domain must say that it takes reports about this one, else anybody could be flooded (RFC 7489 §7.1). */
  async function mayReceive(domain: string, address: string): Promise<boolean> {
    const target = parseMailbox(address)?.domain;
    if (target === undefined) return false;
    if (target === domain || target.endsWith(`.${domain}`) || domain.endsWith(`.${target}`)) return true;
    const result = await dns.lookup(`${domain}._report._dmarc.${target}`, 'TXT');
    return (
      result.kind === 'found' &&
      result.records.some(
        (one) => one.kind === 'txt' && /^v\s*=\s*DMARC1\b/i.test(Buffer.concat(one.strings).toString()),
      )
    );
  }

  async function send(
    tx: Tx,
    mail: {
      from: string;
      to: string;
      domain: string;
      submitter: string;
      id: string;
      file: string;
      packed: Buffer;
    },
  ): Promise<void> {
    const ref = newRef();
    const writer = store.newBody();
    await writer.write(
      compose({
        from: mailbox('DMARC', mail.from),
        to: `<${mail.to}>`,
        subject: `Report Domain: ${mail.domain} Submitter: ${mail.submitter} Report-ID: <${mail.id}>`,
        date: clock.now(),
        messageId: `${ref}@${hostname}`,
        extra: [['Auto-Submitted', 'auto-generated']],
        kind: 'mixed',
        parts: [
          {
            type: 'text/plain; charset=utf-8',
            content: `This is a DMARC aggregate report for ${mail.domain}.\r\n`,
          },
          {
            type: 'application/gzip',
            content: mail.packed,
            headers: [['Content-Disposition', `attachment; filename="${mail.file}"`]],
          },
        ],
      }),
    );
    const target = await addressBook.resolve(tx, mail.to);
    await parts.enqueue(tx, [
      {
        ref,
        origin: 'system',
        sender: '',
        accountId: undefined,
        recipients: [
          {
            address: mail.to,
            accountId: target.kind === 'account' ? target.accountId : undefined,
            shared: false,
            notify: 'NEVER',
            orcpt: undefined,
          },
        ],
        body: await writer.finish(),
        smtputf8: false,
        eightBit: false,
        ret: undefined,
        envid: undefined,
        sessionId: undefined,
        remote: undefined,
        helo: undefined,
        tls: undefined,
        deferLocal: true,
      },
    ]);
  }

  return {
    async isTarget(address) {
      const wanted = (await settings.get('dmarcReports')).address.toLowerCase();
      const given = address.toLowerCase();
      if (wanted !== '') return given === wanted;
      if (!given.startsWith('dmarc-reports@')) return false;
      return (await addressBook.domains(db)).includes(given.slice('dmarc-reports@'.length));
    },
    async take(body, authenticated) {
      if (body.size > MAX_MESSAGE) return false;
      const pieces: Buffer[] = [];
      for await (const piece of store.readBody(body)) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      const domains = new Set(await addressBook.domains(db));
      for (const part of leaves(body.parsed.structure).slice(0, MAX_PARTS)) {
        const xml = unpackReport(decodeTransfer(bytes.subarray(part.start, part.end), part.encoding));
        const read = xml === undefined ? undefined : parseAggregateReport(xml);
        // Somebody else's domain is none of our business.
        if (!read || !domains.has(read.domain)) continue;
        await transaction(db, (tx) => insertReport(tx, read, authenticated, clock.now()));
        return true;
      }
      return false;
    },
    async sendDue() {
      const { send: wanted } = await settings.get('dmarcReports');
      let sent = 0;
      const today = clock.now().toISOString().slice(0, 10);
      for (const { day, domain } of await listUnreported(db, today, MAX_DUE)) {
        try {
          sent += wanted ? await report(day, domain) : await forget(day, domain);
        } catch (error) {
          log.error({ err: error, domain, day }, 'a DMARC report could not be sent');
        }
      }
      return sent;
    },
    async sweep() {
      await sweepReports(db, new Date(clock.ms() - KEPT_DAYS * DAY_MS));
    },
  };

  async function forget(day: string, domain: string): Promise<0> {
    await takeSeen(db, day, domain);
    return 0;
  }
}

function leaves(part: MimePart): MimePart[] {
  return part.parts ? part.parts.flatMap(leaves) : [part];
}
