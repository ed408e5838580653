import { defineErrors } from '../kit/errors/index.ts';

/** What stops a start: one sentence, for the engineer at the terminal. */
export const startErrors = defineErrors('process', {
  unknown_setting: {
    status: 500,
    zh: '不认识的设置 {name}，请检查拼写',
    en: 'Unknown setting {name}; check its spelling',
  },
  bad_setting: {
    status: 500,
    zh: '设置 {name} 的值“{value}”不对：{hint}',
    en: 'Setting {name} has the bad value “{value}”: {hint}',
  },
  insecure_origin: {
    status: 500,
    zh: 'HONGYAN_URL 是 {url}:除本机外必须使用 https,否则登录信息会以明文传输',
    en: 'HONGYAN_URL is {url}: anything but loopback must be https, or sign-ins would travel in clear text',
  },
  demo_public: {
    status: 500,
    zh: '示例数据的密码是公开的，不能监听 {host}；确实需要时请设置 HONGYAN_DEMO_PUBLIC=1',
    en: 'The sample passwords are public, so sample data will not listen on {host}; set HONGYAN_DEMO_PUBLIC=1 to insist',
  },
  roles_need_database: {
    status: 500,
    zh: 'HONGYAN_ROLES={roles} 需要同时设置 DATABASE_URL 和 HONGYAN_KEY_FILE',
    en: 'HONGYAN_ROLES={roles} needs DATABASE_URL and HONGYAN_KEY_FILE as well',
  },
  folder_in_use: {
    status: 500,
    zh: '数据目录 {folder} 正被另一个鸿雁进程使用（进程号 {pid}）,请先停止它',
    en: 'The data folder {folder} is in use by another Hongyan (process {pid}); stop that one first',
  },
  restore_unfinished: {
    status: 500,
    zh: '{folder} 中的恢复没有完成；请删除该目录后重新执行 hongyan restore',
    en: 'A restore into {folder} was not finished; remove the folder and run hongyan restore again',
  },
  other_version: {
    status: 500,
    zh: '正在运行的鸿雁是另一个版本（数据库缺少 {migration}）;请先重新启动它',
    en: 'The running Hongyan is of another version (the database lacks {migration}); restart it first',
  },
  folder_unwritable: {
    status: 500,
    zh: '数据目录 {folder} 无法写入',
    en: 'The data folder {folder} cannot be written to',
  },
  is_sample: {
    status: 500,
    zh: '{folder} 中是示例数据，请用 npm run demo 启动，或为 HONGYAN_DATA 换一个目录',
    en: '{folder} holds sample data: start it with npm run demo, or point HONGYAN_DATA elsewhere',
  },
  is_real: {
    status: 500,
    zh: '{folder} 中是正式数据，不能用 npm run demo 启动；请用 npm start',
    en: '{folder} holds real data and is never opened by npm run demo; use npm start',
  },
  no_postgres: {
    status: 500,
    zh: '本机（{platform}）没有内置数据库可用，请设置 DATABASE_URL 指向 PostgreSQL 15 或更高版本',
    en: 'There is no embedded database for this machine ({platform}); set DATABASE_URL to a PostgreSQL 15 or later',
  },
  no_postgres_user: {
    status: 500,
    zh: '以 root 运行时，内置数据库需要一个普通系统用户（hongyan、postgres 或 nobody）,但都不存在',
    en: 'Running as root, the embedded database needs an ordinary system user (hongyan, postgres or nobody), and none exists',
  },
  postgres_failed: {
    status: 500,
    zh: '内置数据库没有启动成功，详见 {log}',
    en: 'The embedded database did not start; see {log}',
  },
  postgres_old: {
    status: 500,
    zh: '数据库版本是 {version}，需要 PostgreSQL 15 或更高版本',
    en: 'The database is version {version}; PostgreSQL 15 or later is needed',
  },
  cluster_version: {
    status: 500,
    zh: '{folder} 由 PostgreSQL {found} 建立，本程序自带 {ours}；请先用旧版本执行 hongyan backup,再用新版本 hongyan restore',
    en: '{folder} was made by PostgreSQL {found}, this program brings {ours}; run hongyan backup with the old version and hongyan restore with this one',
  },
  database_unreachable: {
    status: 500,
    zh: '无法连接数据库：{reason}',
    en: 'The database cannot be reached: {reason}',
  },
  port_in_use: {
    status: 500,
    zh: '端口 {port} 已被占用（{name}）',
    en: 'Port {port} is taken already ({name})',
  },
  key_unreadable: {
    status: 500,
    zh: '主密钥文件 {file} 无法读取或内容不对',
    en: 'The master key file {file} is missing or malformed',
  },
  key_missing: {
    status: 500,
    zh: '数据库中已有数据，但找不到主密钥 {file}；请从备份恢复它',
    en: 'The database holds data but the master key {file} is gone; bring it back from a backup',
  },
  needs_linux_libs: {
    status: 500,
    zh: '内置数据库无法在本机运行：{reason}',
    en: 'The embedded database cannot run here: {reason}',
  },
});
