import { defineErrors } from '../../kit/errors/index.ts';

export const listErrors = defineErrors('mail_list', {
  decided: {
    status: 409,
    zh: '这封邮件已有人处理过了',
    en: 'Somebody has decided about this message already',
  },
  bad_link: {
    status: 404,
    zh: '这个链接无效或已失效',
    en: 'This link is not valid, or no longer',
  },
  not_leavable: {
    status: 403,
    zh: '这个名单不允许自行退订，请联系名单负责人',
    en: 'This list does not let its members leave; please write to its owner',
  },
});
