import type pg from 'pg';
import { createAudit } from '../../audit/index.ts';
import { createClock } from '../../kit/clock/index.ts';
import { createBox, type MasterKeys } from '../../kit/crypto/index.ts';
import { compareMigrations, createDb, createPool, type Db } from '../../kit/db/index.ts';
import { AppError, errorText } from '../../kit/errors/index.ts';
import { type Config, SETTINGS } from '../config.ts';
import { findDataFolder } from '../data-folder.ts';
import { MIGRATIONS } from '../database.ts';
import { findInstance, serverVersion } from '../instance.store.ts';
import { loadKeys } from '../keys.ts';
import type { Command } from './command.ts';
import { findJobFigures } from './doctor.store.ts';
import {
  checkCertificate,
  checkDisk,
  checkFolder,
  checkNode,
  checkPorts,
  checkSettings,
  type Finding,
  finding,
} from './doctor-checks.ts';
import { openServer, type Server } from './session.ts';
import type { Terminal } from './terminal.ts';

/** A job that is due and nobody takes for so long means that no worker runs. */
const STUCK_SECONDS = 300;

export const doctor: Command = {
  name: 'doctor',
  usages: ['doctor [--settings]'],
  summary: {
    zh: '逐项检查安装是否正常，有故障时退出码为 1；--settings 列出全部设置',
    en: 'Checks the installation point by point; exit code 1 when something is broken. --settings lists every setting',
  },
  flags: ['settings'],
  async run({ config, terminal }, args) {
    if (args.flag('settings')) {
      for (const [name, meaning] of Object.entries(SETTINGS))
        terminal.print({ zh: '{name}  {meaning}', en: '{name}  {meaning}' }, { name, meaning });
      return 0;
    }
    const found = await examine(config, terminal);
    for (const { level, texts, params } of found) {
      const mark = { ok: '✓', warn: '!', bad: '✗' }[level];
      terminal.print({ zh: `${mark} ${texts.zh}`, en: `${mark} ${texts.en}` }, params);
    }
    const bad = found.filter(({ level }) => level === 'bad').length;
    const warn = found.filter(({ level }) => level === 'warn').length;
    terminal.print(
      bad === 0
        ? { zh: '没有故障，{warn} 项需要留意。', en: 'Nothing is broken; {warn} points want attention.' }
        : { zh: '{bad} 项故障，{warn} 项需要留意。', en: '{bad} points are broken; {warn} want attention.' },
      { bad, warn },
    );
    return bad === 0 ? 0 : 1;
  },
};

async function examine(config: Config, terminal: Terminal): Promise<Finding[]> {
  const clock = createClock(config.clockOffsetMs);
  const found = [checkNode(), checkFolder(config.data), await checkDisk(config.data)];
  let running = false;
  if (findDataFolder(config.data) || config.databaseUrl !== undefined) {
    try {
      const server = await openServer(config, { create: config.databaseUrl !== undefined });
      running = server.running;
      try {
        found.push(...(await examineDatabase(config, server, terminal)));
      } finally {
        await server.stop();
      }
    } catch (error) {
      found.push(trouble(error, terminal));
    }
  }
  found.push(checkCertificate(config, config.data, clock.ms()));
  found.push(...(await checkPorts(config, running)), ...checkSettings(config));
  return found;
}

/** An error of ours as a finding, in its own sentence. */
function trouble(error: unknown, terminal: Terminal): Finding {
  const text =
    error instanceof AppError
      ? errorText(error.code, terminal.locale, error.params)
      : error instanceof Error
        ? error.message
        : String(error);
  return finding('bad', '{text}', '{text}', { text });
}

async function examineDatabase(config: Config, server: Server, terminal: Terminal): Promise<Finding[]> {
  const pool = createPool({ connection: server.connection, max: 2 });
  try {
    const db = createDb(pool);
    const version = await serverVersion(db);
    const name = `${Math.floor(version / 10_000)}.${version % 10_000}`;
    const found: Finding[] = [
      version >= 150_000
        ? finding(
            'ok',
            '数据库可以连接，版本是 PostgreSQL {name}。',
            'The database answers; it is PostgreSQL {name}.',
            { name },
          )
        : finding(
            'bad',
            '数据库版本是 PostgreSQL {name}，需要 15 或更高。',
            'The database is PostgreSQL {name}; 15 or later is needed.',
            { name },
          ),
    ];
    const migrations = await checkMigrations(pool);
    found.push(migrations);
    if (migrations.level === 'ok') found.push(...(await examineContents(config, server, db, terminal)));
    return found;
  } catch (error) {
    return [trouble(error, terminal)];
  } finally {
    await pool.end();
  }
}

async function checkMigrations(pool: pg.Pool): Promise<Finding> {
  const { missing, unknown, changed } = await compareMigrations(pool, MIGRATIONS);
  const count = missing.length;
  if (unknown[0] !== undefined)
    return finding(
      'bad',
      '数据库由更新的版本升级过（{name}）。',
      'The database was migrated by a newer version ({name}).',
      { name: unknown[0] },
    );
  if (changed[0] !== undefined)
    return finding(
      'bad',
      '迁移 {name} 在执行后被改动过。',
      'The migration {name} was changed after it had been applied.',
      { name: changed[0] },
    );
  if (count > 0)
    return finding(
      'warn',
      '有 {count} 个迁移尚未执行，下次启动或 hongyan migrate 时执行。',
      '{count} migrations are not applied yet; the next start or hongyan migrate does it.',
      { count },
    );
  return finding('ok', '数据库结构是最新的。', 'The schema of the database is up to date.');
}

async function examineContents(
  config: Config,
  server: Server,
  db: Db,
  terminal: Terminal,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const instance = await findInstance(db);
  if (instance && instance.sample !== config.sample)
    found.push(
      instance.sample
        ? finding('bad', '这是示例数据，请加 --sample。', 'This is sample data; say --sample.')
        : finding('bad', '这是正式数据，请去掉 --sample。', 'This is real data; leave --sample out.'),
    );
  let keys: MasterKeys | undefined;
  try {
    keys = loadKeys(server.folder.path, config.keyFile, true);
    found.push(finding('ok', '主密钥存在且完整。', 'The master key is there and in order.'));
  } catch (error) {
    found.push(trouble(error, terminal));
  }
  if (keys) found.push(await checkAudit(config, db, keys));
  found.push(await checkJobs(db, server.running));
  return found;
}

async function checkAudit(config: Config, db: Db, keys: MasterKeys): Promise<Finding> {
  const clock = createClock(config.clockOffsetMs);
  const { ok, checked, brokenAt } = await createAudit({
    db,
    clock,
    key: createBox(keys).derive('audit'),
  }).verify();
  const params = { checked, id: brokenAt ?? 0 };
  return ok
    ? finding('ok', '操作日志完整（{checked} 条）。', 'The audit log is intact ({checked} entries).', params)
    : finding(
        'bad',
        '操作日志从编号 {id} 起被改动过。',
        'The audit log was changed from entry {id} on.',
        params,
      );
}

async function checkJobs(db: Db, running: boolean): Promise<Finding> {
  const figures = await findJobFigures(db);
  if (!figures) return finding('ok', '还没有后台任务。', 'There are no background jobs yet.');
  const { pending, failed, waited } = figures;
  const params = { pending, failed, minutes: Math.round(waited / 60) };
  if (running && waited > STUCK_SECONDS)
    return finding(
      'bad',
      '后台任务已等待 {minutes} 分钟没有执行（共 {pending} 个）。',
      'Background jobs have waited for {minutes} minutes ({pending} pending).',
      params,
    );
  if (failed > 0)
    return finding(
      'warn',
      '后台任务：{pending} 个等待，{failed} 个已放弃，原因见日志。',
      'Background jobs: {pending} pending, {failed} given up; the log says why.',
      params,
    );
  return finding(
    'ok',
    '后台任务：{pending} 个等待，没有失败的。',
    'Background jobs: {pending} pending, none failed.',
    params,
  );
}
