import { defineErrors } from '../kit/errors/index.ts';

export const identityErrors = defineErrors('identity', {
  invalid_credentials: { status: 401, zh: '帐号或密码不正确', en: 'Account or password is not right' },
  captcha_required: { status: 401, zh: '请输入图中的验证码', en: 'Type the characters in the picture' },
  captcha_wrong: {
    status: 401,
    zh: '验证码不正确，请重新输入',
    en: 'The characters were not right; try again',
  },
  locked: {
    status: 429,
    zh: '失败次数过多，请 {minutes} 分钟后再试',
    en: 'Too many failures; try again in {minutes} minutes',
  },
  account_disabled: {
    status: 403,
    zh: '该帐号已被禁用，请联系管理员',
    en: 'This account is disabled; ask your administrator',
  },
  account_expired: {
    status: 403,
    zh: '该帐号已过期，请联系管理员',
    en: 'This account has expired; ask your administrator',
  },
  web_off: { status: 403, zh: '该帐号没有开通网页登录', en: 'This account may not sign in on the web' },
  wrong_password: { status: 400, zh: '当前密码不正确', en: 'The current password is not right' },
  password_policy: { status: 400, zh: '密码不符合要求', en: 'The password does not meet the rules' },
  password_length: { status: 400, zh: '长度为 {min} 至 {max} 个字符', en: '{min} to {max} characters' },
  password_classes: {
    status: 400,
    zh: '数字、小写字母、大写字母、其他字符中至少包含 {count} 种',
    en: 'At least {count} of: digits, lower-case letters, upper-case letters, other characters',
  },
  password_personal: {
    status: 400,
    zh: '不能包含帐号名、电话或手机号',
    en: 'Must not contain the account name or a phone number',
  },
  password_common: { status: 400, zh: '不能是常见的弱密码', en: 'Must not be a common password' },
  password_reused: {
    status: 400,
    zh: '不能与最近 {count} 次使用过的密码相同',
    en: 'Must differ from the last {count} passwords',
  },
  setup_code_wrong: {
    status: 403,
    zh: '初始化口令不正确，请查看服务器终端',
    en: 'The set-up code is wrong; see the terminal of the server',
  },
  setup_done: { status: 409, zh: '系统已经初始化', en: 'The institution has been set up already' },
  bad_time_zone: { status: 400, zh: '不认识的时区', en: 'Unknown time zone' },
});
