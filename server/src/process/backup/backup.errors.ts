import { defineErrors } from '../../kit/errors/index.ts';

export const backupErrors = defineErrors('backup', {
  folder_not_empty: {
    status: 500,
    zh: '备份目录 {folder} 不是空的；请换一个新目录',
    en: 'The backup folder {folder} is not empty; choose a new one',
  },
  never_used: {
    status: 500,
    zh: '数据库中还没有鸿雁的数据，没有可备份的内容',
    en: 'The database holds no data of Hongyan yet; there is nothing to back up',
  },
  not_a_backup: {
    status: 500,
    zh: '{folder} 中没有完整的备份（缺少或无法识别 manifest.json）',
    en: '{folder} holds no complete backup (manifest.json is missing or not understood)',
  },
  newer: {
    status: 500,
    zh: '这份备份由更新或不同的版本制作（{migration}），请用该版本恢复',
    en: 'This backup was made by a newer or another version ({migration}); restore it with that one',
  },
  damaged: {
    status: 500,
    zh: '备份已损坏：{file} 与清单不符；没有恢复任何内容',
    en: 'The backup is damaged: {file} does not match the manifest; nothing was restored',
  },
  target_not_empty: {
    status: 500,
    zh: '数据目录 {folder} 不是空的；只能恢复到空目录',
    en: 'The data folder {folder} is not empty; a restore needs an empty one',
  },
  database_not_empty: {
    status: 500,
    zh: '数据库中已有数据（模式 {schema}）；只能恢复到空数据库',
    en: 'The database is not empty (it has the schema {schema}); a restore needs an empty one',
  },
  sample_backup: {
    status: 500,
    zh: '这是示例数据的备份，请加 --sample 恢复',
    en: 'This is a backup of sample data; restore it with --sample',
  },
  real_backup: {
    status: 500,
    zh: '这是正式数据的备份，不能用 --sample 恢复',
    en: 'This is a backup of real data and is never restored with --sample',
  },
  body_missing: {
    status: 500,
    zh: '正文文件 {file} 不见了，备份没有完成',
    en: 'The body file {file} is gone; the backup was not completed',
  },
  rows_differ: {
    status: 500,
    zh: '表 {table} 恢复后有 {found} 行，清单为 {expected} 行；已全部撤销',
    en: 'The table {table} has {found} rows after loading instead of {expected}; everything was undone',
  },
});
