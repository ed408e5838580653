import { defineErrors } from '../../kit/errors/index.ts';

/** What stops a command: one sentence, for the engineer at the terminal. */
export const commandErrors = defineErrors('command', {
  no_data: {
    status: 500,
    zh: '{folder} 中还没有数据；请先用 npm start 启动一次',
    en: 'There is no data in {folder} yet; start the product with npm start first',
  },
  no_terminal: {
    status: 500,
    zh: '没有终端可以询问密码；请用 --password-stdin 从标准输入读取',
    en: 'There is no terminal to ask for the password; pass it on standard input with --password-stdin',
  },
  passwords_differ: {
    status: 500,
    zh: '两次输入的密码不一致',
    en: 'The two passwords differ',
  },
  password_empty: { status: 500, zh: '没有输入密码', en: 'No password was given' },
  cancelled: { status: 500, zh: '已取消', en: 'Cancelled' },
  unknown_account: { status: 500, zh: '没有帐号“{name}”', en: 'There is no account “{name}”' },
  unknown_unit: {
    status: 500,
    zh: '没有部门“{path}”',
    en: 'There is no unit “{path}”',
  },
  starting: {
    status: 500,
    zh: '数据目录 {folder} 正在使用中，但数据库还没有就绪；请稍后再试',
    en: 'The data folder {folder} is in use but its database is not ready; try again in a moment',
  },
  csv_header: {
    status: 500,
    zh: '表头缺少 {names}；应为 用户名称,帐号名,密码,部门,工号',
    en: 'The header lacks {names}; it should be 用户名称,帐号名,密码,部门,工号',
  },
  csv_encoding: {
    status: 500,
    zh: '文件既不是 UTF-8 也不是 GB18030',
    en: 'The file is neither UTF-8 nor GB18030',
  },
  csv_broken: {
    status: 500,
    zh: '不是正确的 CSV 文件：{reason}',
    en: 'This is not a proper CSV file: {reason}',
  },
  cell_empty: { status: 500, zh: '“{column}”是空的', en: '“{column}” is empty' },
  unreadable_file: {
    status: 500,
    zh: '无法读取文件 {file}',
    en: 'The file {file} cannot be read',
  },
  unwritable: {
    status: 500,
    zh: '无法写入 {file}',
    en: '{file} cannot be written to',
  },
  file_exists: {
    status: 500,
    zh: '{file} 已存在，不会覆盖它',
    en: '{file} exists already and is not overwritten',
  },
});
