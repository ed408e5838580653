import type { Command } from './command.ts';
import { openSession } from './session.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  usages: ['migrate'],
  summary: {
    zh: '把数据库升级到本版本（启动时也会自动进行）',
    en: 'Brings the database up to this version (a start does so too)',
  },
  async run({ config, terminal }) {
    const session = await openSession(config, { create: true });
    const { applied } = session.database;
    await session.stop();
    for (const name of applied) terminal.print({ zh: '已执行 {name}', en: 'Applied {name}' }, { name });
    if (applied.length === 0) terminal.print({ zh: '数据库已是最新。', en: 'The database is up to date.' });
    else
      terminal.print(
        { zh: '共执行 {count} 个迁移。', en: '{count} migrations were applied.' },
        { count: applied.length },
      );
    return 0;
  },
};
