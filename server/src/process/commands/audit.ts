import { createAudit } from '../../audit/index.ts';
import { createBox } from '../../kit/crypto/index.ts';
import { loadKeys } from '../keys.ts';
import { type Command, onlyArgument, UsageError } from './command.ts';
import { openSession } from './session.ts';

export const audit: Command = {
  name: 'audit',
  usages: ['audit verify'],
  summary: {
    zh: '检查操作日志是否被改动过',
    en: 'Checks that nobody has changed the audit log',
  },
  async run({ config, terminal }, args) {
    if (onlyArgument(args) !== 'verify') throw new UsageError();
    const { database, clock, folder, stop } = await openSession(config);
    try {
      const key = createBox(loadKeys(folder.path, config.keyFile, true)).derive('audit');
      const result = await createAudit({ db: database.db, clock, key }).verify();
      const { checked, unsealed } = result;
      if (result.ok) {
        terminal.print(
          {
            zh: '操作日志完整：{checked} 条记录已核对，{unsealed} 条尚未封存。',
            en: 'The audit log is intact: {checked} entries checked, {unsealed} not sealed yet.',
          },
          { checked, unsealed },
        );
        return 0;
      }
      terminal.error(
        {
          zh: '操作日志已被改动：前 {checked} 条正确，从编号 {id} 起不符。',
          en: 'The audit log was changed: the first {checked} entries fit, from entry {id} on it does not.',
        },
        { checked, id: result.brokenAt ?? 0 },
      );
      return 1;
    } finally {
      await stop();
    }
  },
};
