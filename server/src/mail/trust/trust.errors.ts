import { defineErrors } from '../../kit/errors/index.ts';

export const trustErrors = defineErrors('dkim', {
  not_published: {
    status: 409,
    zh: '域名解析中还没有查到这条记录，请发布后稍等几分钟再试',
    en: 'DNS does not show this record yet; publish it, wait a few minutes and try again',
  },
  dns_away: {
    status: 503,
    zh: '暂时无法查询域名解析，请稍后再试',
    en: 'DNS cannot be asked right now, please try again later',
  },
  unknown_domain: { status: 404, zh: '没有这个邮件域名', en: 'There is no such mail domain' },
  plan_exists: {
    status: 409,
    zh: '这个域名已有等待发布的密钥',
    en: 'This domain has keys that wait to be published already',
  },
});
