import { ScriptError } from '../../filter/index.ts';
import { accountOf, type Method, SIEVE } from '../context.ts';
import { MethodError, SetFailure } from '../errors.ts';
import { failureOf, readScript } from '../scripts.ts';

/** SieveScript/validate (RFC 9661 §2.4): is a blob a valid script? */
export const sieveScriptValidate: Method = {
  name: 'SieveScript/validate',
  capability: SIEVE,
  async run(context, args) {
    const account = accountOf(context, args);
    const blobId = args.string('blobId');
    try {
      const content = await readScript(context, account, blobId);
      if (content === undefined) throw new MethodError('blobNotFound', undefined, { notFound: [blobId] });
      context.deps.filters.scripts.check(content);
      return { accountId: account.id, error: null };
    } catch (error) {
      if (error instanceof ScriptError)
        return { accountId: account.id, error: { ...failureOf(error).error } };
      if (error instanceof SetFailure) return { accountId: account.id, error: { ...error.error } };
      throw error;
    }
  },
};
