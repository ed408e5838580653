import type { Setup, Site } from '@hongyan/contract';
import type { Directory } from '../directory/index.ts';
import { sameBytes } from '../kit/crypto/index.ts';
import { type Db, transaction } from '../kit/db/index.ts';
import { systemActor } from '../kit/http/index.ts';
import { identityErrors } from './identity.errors.ts';
import type { Passwords } from './passwords.service.ts';

export type SetupService = ReturnType<typeof createSetup>;

/** The first start: institution, domain and super administrator, by whoever reads the code on the terminal. */
export function createSetup(options: {
  db: Db;
  directory: Directory;
  passwords: Passwords;
  sample: boolean;
  setupCode: string;
}) {
  const { db, directory, passwords, sample, setupCode } = options;
  return {
    async site(): Promise<Site> {
      const row = await directory.institution.find();
      return {
        ready: row !== undefined,
        sample,
        institution: row?.name ?? '',
        introduction: row?.introduction ?? '',
        news: row?.news ?? [],
        helpDesk: row?.help_desk ?? '',
      };
    },

    async setUp(input: Setup, address: string): Promise<void> {
      if (await directory.institution.find()) throw identityErrors.setup_done();
      const given = Buffer.from(input.setupCode.trim());
      if (!sameBytes(given, Buffer.from(setupCode)))
        throw identityErrors.setup_code_wrong({}, { field: 'setupCode' });
      await transaction(db, async (tx) => {
        const { superId } = await directory.institution.setUp(
          tx,
          { ...systemActor('setup'), address },
          {
            name: input.institution,
            domain: input.domain,
            account: input.account,
            personName: input.name,
          },
        );
        await passwords.setFirst(tx, superId, input.account, input.password);
      });
    },
  };
}
