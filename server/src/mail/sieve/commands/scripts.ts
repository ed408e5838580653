import { ScriptError, type ScriptProblem } from '../../filter/index.ts';
import { quoteString } from '../../protocol/managesieve/index.ts';
import type { Command, Reply, SieveSession } from '../types.ts';

function sayProblem(problem: ScriptProblem): Reply {
  switch (problem.kind) {
    case 'missing':
      return { kind: 'NO', code: 'NONEXISTENT', text: 'There is no script by that name' };
    case 'name_taken':
      return { kind: 'NO', code: 'ALREADYEXISTS', text: 'A script with that name exists already' };
    case 'bad_name':
      return { kind: 'NO', text: 'This cannot be the name of a script' };
    case 'active':
      return { kind: 'NO', code: 'ACTIVE', text: 'The active script cannot be deleted' };
    case 'too_many':
      return { kind: 'NO', code: 'QUOTA/MAXSCRIPTS', text: 'There are too many scripts' };
    case 'too_large':
      return { kind: 'NO', code: 'QUOTA/MAXSIZE', text: 'The script is too large' };
    case 'invalid':
      return { kind: 'NO', text: `line ${problem.line}: ${problem.message}` };
  }
}

/** Runs a change for the account that has signed in; what the rules refuse is a NO. */
function guarded(
  args: Command['args'],
  work: (session: SieveSession, accountId: number, args: readonly string[]) => Promise<Reply>,
): Command {
  return {
    when: 'after',
    args,
    async run(session, given) {
      if (!session.account) return { kind: 'NO', text: 'Please sign in first' };
      try {
        return await work(session, session.account.accountId, given.map(String));
      } catch (error) {
        if (error instanceof ScriptError) return sayProblem(error.problem);
        throw error;
      }
    },
  };
}

function warned(warnings: readonly { line: number; message: string }[]): Reply {
  if (warnings.length === 0) return { kind: 'OK' };
  return {
    kind: 'OK',
    code: 'WARNINGS',
    text: warnings.map(({ line, message }) => `line ${line}: ${message}`).join('\r\n'),
  };
}

export const havespace = guarded(
  ['string', 'number'],
  async ({ parts }, accountId, [name = '', size = '']) => {
    await parts.scripts.haveSpace(parts.db, accountId, name, Number(size));
    return { kind: 'OK' };
  },
);

export const putscript = guarded(
  ['string', 'string'],
  async ({ parts }, accountId, [name = '', content = '']) =>
    warned(await parts.scripts.put(parts.db, accountId, name, content)),
);

export const checkscript = guarded(['string'], async ({ parts }, _, [content = '']) =>
  warned(parts.scripts.check(content)),
);

export const listscripts = guarded([], async ({ parts }, accountId) => {
  const scripts = await parts.scripts.list(parts.db, accountId);
  return {
    kind: 'OK',
    lines: scripts.map(({ name, active }) => `${quoteString(name)}${active ? ' ACTIVE' : ''}`),
  };
});

/** The empty name leaves no script active (RFC 5804 §2.8). */
export const setactive = guarded(['string'], async ({ parts }, accountId, [name = '']) => {
  await parts.scripts.activate(parts.db, accountId, name === '' ? undefined : { name });
  return { kind: 'OK' };
});

export const getscript = guarded(['string'], async ({ parts }, accountId, [name = '']) => {
  const script = await parts.scripts.find(parts.db, accountId, { name });
  if (!script) return sayProblem({ kind: 'missing' });
  return { kind: 'OK', lines: [`{${Buffer.byteLength(script.content)}}\r\n${script.content}`] };
});

export const deletescript = guarded(['string'], async ({ parts }, accountId, [name = '']) => {
  await parts.scripts.remove(parts.db, accountId, { name });
  return { kind: 'OK' };
});

export const renamescript = guarded(
  ['string', 'string'],
  async ({ parts }, accountId, [from = '', to = '']) => {
    await parts.scripts.rename(parts.db, accountId, from, to);
    return { kind: 'OK' };
  },
);
