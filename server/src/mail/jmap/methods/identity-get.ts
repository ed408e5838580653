import { accountOf, type Method, SUBMISSION } from '../context.ts';
import { MethodError } from '../errors.ts';
import { pick, readIds, readProperties } from '../get.ts';
import { identitiesOf, identityState } from '../identities.ts';

const KNOWN = new Set([
  'id',
  'name',
  'email',
  'replyTo',
  'bcc',
  'textSignature',
  'htmlSignature',
  'mayDelete',
]);

/** Identity/get (RFC 8621 §6.1): the directory says which addresses one may send as. */
export const identityGet: Method = {
  name: 'Identity/get',
  capability: SUBMISSION,
  async run(context, args) {
    const account = accountOf(context, args);
    const wanted = readIds(args);
    const properties = readProperties(args, KNOWN);
    const all = await identitiesOf(context, account);
    const found = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
    return {
      accountId: account.id,
      state: identityState(all),
      list: found.map(({ id, sender }) =>
        pick(
          {
            id,
            name: sender.name,
            email: sender.address,
            replyTo: null,
            bcc: null,
            textSignature: '',
            htmlSignature: '',
            mayDelete: false,
          },
          properties,
        ),
      ),
      notFound: (wanted ?? []).filter((id) => !all.some((identity) => identity.id === id)),
    };
  },
};

/** Identity/changes: there are few, clients read them again. */
export const identityChanges: Method = {
  name: 'Identity/changes',
  capability: SUBMISSION,
  async run(context, args) {
    const account = accountOf(context, args);
    const state = identityState(await identitiesOf(context, account));
    const since = args.string('sinceState');
    if (since !== state) throw new MethodError('cannotCalculateChanges');
    return {
      accountId: account.id,
      oldState: state,
      newState: state,
      hasMoreChanges: false,
      created: [],
      updated: [],
      destroyed: [],
    };
  },
};

/** Identity/set: addresses come from the directory, so none is made, changed or removed here. */
export const identitySet: Method = {
  name: 'Identity/set',
  capability: SUBMISSION,
  async run(context, args) {
    const account = accountOf(context, args);
    const state = identityState(await identitiesOf(context, account));
    const refused = (keys: readonly string[]) =>
      keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, { type: 'forbidden' }]));
    return {
      accountId: account.id,
      oldState: state,
      newState: state,
      created: null,
      updated: null,
      destroyed: null,
      notCreated: refused(Object.keys(args.object('create') ?? {})),
      notUpdated: refused(Object.keys(args.object('update') ?? {})),
      notDestroyed: refused(args.strings('destroy') ?? []),
    };
  },
};
