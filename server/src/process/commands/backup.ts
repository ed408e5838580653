import { resolve } from 'node:path';
import { makeBackup } from '../backup/backup.ts';
import { restoreBackup } from '../backup/restore.ts';
import { type Command, onlyArgument } from './command.ts';
import { openServer } from './session.ts';

export const backup: Command = {
  name: 'backup',
  usages: ['backup <folder> [--with-keys]'],
  summary: {
    zh: '把数据库、邮件正文和附件备份到一个新目录，产品可以照常运行；--with-keys 同时备份主密钥（请妥善保管）',
    en: 'Backs up database, mail bodies and attachments into a new folder while the product goes on; --with-keys takes the master key along (guard it well)',
  },
  flags: ['with-keys'],
  async run({ config, terminal, cwd }, args) {
    const target = resolve(cwd, onlyArgument(args));
    const withKeys = args.flag('with-keys');
    const server = await openServer(config);
    try {
      const manifest = await makeBackup({
        config,
        connection: server.connection,
        data: server.folder.path,
        target,
        withKeys,
        now: new Date(),
      });
      terminal.print(
        {
          zh: '备份完成：{tables} 张表 {rows} 行、{files} 个正文和附件文件、{jobs} 个待办后台任务，位于 {target}。',
          en: 'Backup complete: {tables} tables with {rows} rows, {files} bodies and attachments, {jobs} pending background jobs, in {target}.',
        },
        {
          tables: manifest.tables.length,
          rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
          files: manifest.bodies.files,
          jobs: manifest.jobs.rows,
          target,
        },
      );
      if (withKeys)
        terminal.print({
          zh: '备份中含有主密钥：得到它的人可以读取全部加密内容。',
          en: 'The backup holds the master key: whoever has it can read everything that is encrypted.',
        });
      else
        terminal.print({
          zh: '备份中不含主密钥：请另行保存 keys/master.json，没有它，身份证号、绑定手机号和操作日志的校验都无法恢复。',
          en: 'The backup does not hold the master key: keep keys/master.json elsewhere; without it national IDs, bound phones and the check of the audit log are lost.',
        });
      return 0;
    } finally {
      await server.stop();
    }
  },
};

export const restore: Command = {
  name: 'restore',
  usages: ['restore <folder>'],
  summary: {
    zh: '把备份恢复到空的数据目录（以及 DATABASE_URL 所指的空数据库）',
    en: 'Restores a backup into an empty data folder (and the empty database of DATABASE_URL)',
  },
  async run({ config, terminal, cwd }, args) {
    const source = resolve(cwd, onlyArgument(args));
    const manifest = await restoreBackup(config, source);
    terminal.print(
      {
        zh: '已恢复 {createdAt} 的备份：{rows} 行、{files} 个文件，行数和校验值均已核对。',
        en: 'The backup of {createdAt} is restored: {rows} rows and {files} files, all counts and checksums verified.',
      },
      {
        createdAt: manifest.createdAt,
        rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
        files: manifest.bodies.files,
      },
    );
    if (!manifest.withKeys)
      terminal.print(
        {
          zh: '备份中没有主密钥：启动前请把它放到 {file}。',
          en: 'The backup has no master key: put it at {file} before starting.',
        },
        { file: config.keyFile ?? `${config.data}/keys/master.json` },
      );
    return 0;
  },
};
