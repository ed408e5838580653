import type { DomainCheck, DomainRecords } from '@hongyan/contract';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { clientServers, type ListeningPorts } from '../autoconfig/index.ts';
import type { Settings } from '../settings/index.ts';
import { findKeys, recordName, recordText } from '../trust/index.ts';
import { checkRecords } from './check.ts';
import { wantedRecords, zoneText } from './records.ts';

export interface DomainGuideParts {
  db: Db;
  directory: Directory;
  settings: Settings;
  /** Without memory: an administrator looks right after he has changed something. */
  dns: () => DnsResolver;
  ports: () => ListeningPorts;
  origin: () => string;
}

export type DomainGuide = ReturnType<typeof createDomainGuide>;

/** Opening mail for a domain (ADM-12): what to set in DNS, and whether it is set. */
export function createDomainGuide(parts: DomainGuideParts) {
  const { db, directory, settings, dns } = parts;

  async function records(actor: Actor, name: string): Promise<DomainRecords> {
    requireInstitutionWide(await directory.authority(actor));
    const domain = name.toLowerCase();
    if (!(await directory.addresses.domains(db)).includes(domain)) throw commonErrors.not_found();
    const clients = await settings.get('clients');
    const hostname = new URL(parts.origin()).hostname;
    const host = clients.host === '' ? hostname : clients.host;
    const keys = (await findKeys(db)).filter(
      (key) => key.domain === domain && (key.state === 'active' || key.state === 'planned'),
    );
    const wanted = wantedRecords({
      domain,
      hosts: clients.secondHost === '' ? [host] : [host, clients.secondHost],
      servers: clientServers(clients, parts.ports(), hostname),
      keys: keys.map((key) => ({ name: recordName(key), text: recordText(key) })),
    });
    return { domain, host, records: wanted, zone: zoneText(wanted) };
  }

  return {
    records,
    async check(actor: Actor, name: string): Promise<DomainCheck> {
      const { records: wanted } = await records(actor, name);
      return { findings: await checkRecords(dns(), wanted) };
    },
  };
}
