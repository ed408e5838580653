import type { ClientServers } from '@hongyan/contract';
import type { Directory } from '../../directory/index.ts';
import type { Db } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { Settings } from '../settings/index.ts';
import { autodiscoverAnswer } from './autodiscover.ts';
import { mobileConfig } from './mobileconfig.ts';
import { clientServers, type ListeningPorts } from './servers.ts';
import { thunderbirdConfig } from './thunderbird.ts';

export interface AutoconfigParts {
  db: Db;
  directory: Directory;
  settings: Settings;
  /** Asked late: known once the servers listen. */
  ports: () => ListeningPorts;
  origin: () => string;
}

export type Autoconfig = ReturnType<typeof createAutoconfig>;

/** Client set-up (ADM-13): one truth for the page, the profile and what clients ask for by themselves. */
export function createAutoconfig({ db, directory, settings, ports, origin }: AutoconfigParts) {
  const servers = async () =>
    clientServers(await settings.get('clients'), ports(), new URL(origin()).hostname);

  async function institutionName(): Promise<string> {
    return (await directory.institution.find(db))?.name ?? '';
  }

  async function who(actor: Actor) {
    const account = await directory.accounts.find(db, actor.accountId);
    if (!account) throw commonErrors.not_found();
    return { address: `${account.local}@${account.domain}`, name: account.name };
  }

  return {
    async own(actor: Actor): Promise<ClientServers> {
      const { address } = await who(actor);
      return { address, institution: await institutionName(), servers: await servers() };
    },
    /** Errors: not_found when IMAP or submission is not served. */
    async profile(actor: Actor): Promise<string> {
      const profile = mobileConfig(await servers(), {
        ...(await who(actor)),
        institution: await institutionName(),
      });
      if (profile === undefined) throw commonErrors.not_found();
      return profile;
    },
    async thunderbird(): Promise<string> {
      return thunderbirdConfig(
        await servers(),
        await directory.addresses.domains(db),
        await institutionName(),
      );
    },
    async outlook(address: string | undefined): Promise<string> {
      return autodiscoverAnswer(await servers(), address);
    },
    /** Autodiscover v2 (JSON): where the XML is. */
    pointer() {
      return { Protocol: 'AutodiscoverV1', Url: `${origin()}/autodiscover/autodiscover.xml` };
    },
  };
}
