import { defineErrors } from '../../kit/errors/index.ts';

export const filterErrors = defineErrors('mail_filter', {
  no_mailbox: {
    status: 404,
    zh: '没有这个邮箱，或您无权设置',
    en: 'There is no such mailbox, or you may not set it up',
  },
  rules_changed: {
    status: 409,
    zh: '设置已在别处修改，请刷新后再改',
    en: 'The settings were changed elsewhere; reload them and try again',
  },
  outside_forbidden: {
    status: 403,
    zh: '不允许把邮件转发到外单位地址 {address}',
    en: 'Mail may not be forwarded to {address}, which is outside the institution',
  },
  forward_to_self: {
    status: 400,
    zh: '不能转发到本邮箱自己的地址 {address}',
    en: 'A mailbox cannot forward to its own address {address}',
  },
  forward_nowhere: { status: 400, zh: '请填写转发到的地址', en: 'Enter an address to forward to' },
  unknown_address: { status: 400, zh: '没有 {address} 这个邮箱', en: 'There is no mailbox {address}' },
  vacation_empty: { status: 400, zh: '请填写自动回复的内容', en: 'Enter the text of the reply' },
  vacation_dates: {
    status: 400,
    zh: '结束时间要晚于开始时间',
    en: 'The end must be later than the beginning',
  },
  filter_incomplete: {
    status: 400,
    zh: '过滤规则“{name}”没有填写完整',
    en: 'The filter “{name}” is not complete',
  },
  script_missing: { status: 404, zh: '脚本不存在', en: 'There is no such script' },
  script_name_taken: {
    status: 409,
    zh: '已有名为“{name}”的脚本',
    en: 'There is a script called “{name}” already',
  },
  script_name_bad: { status: 400, zh: '脚本名称不能使用', en: 'This name cannot be used for a script' },
  script_active: {
    status: 409,
    zh: '正在使用的脚本不能删除，请先停用',
    en: 'The active script cannot be deleted; deactivate it first',
  },
  script_too_many: { status: 409, zh: '脚本最多 {limit} 个', en: 'There may be {limit} scripts at most' },
  script_too_large: { status: 400, zh: '脚本太大', en: 'The script is too large' },
  script_invalid: {
    status: 400,
    zh: '脚本第 {line} 行有误：{message}',
    en: 'Line {line} of the script is wrong: {message}',
  },
});
