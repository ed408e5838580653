import { type Locale, say, type Texts } from '../kit/i18n/index.ts';

const LABELS = new Map<string, Texts>(
  Object.entries({
    'institution.setup': { zh: '建立机构', en: 'Set up the institution' },
    'unit.create': { zh: '新建部门', en: 'Create unit' },
    'unit.update': { zh: '修改部门', en: 'Change unit' },
    'unit.move': { zh: '调整部门顺序', en: 'Reorder unit' },
    'unit.delete': { zh: '删除部门', en: 'Delete unit' },
    'account.create': { zh: '新建帐号', en: 'Create account' },
    'account.update': { zh: '修改帐号', en: 'Change account' },
    'account.delete': { zh: '删除帐号', en: 'Delete account' },
    'account.purge': { zh: '彻底清除帐号', en: 'Purge account' },
    'account.disable': { zh: '禁用帐号', en: 'Disable account' },
    'account.activate': { zh: '激活帐号', en: 'Activate account' },
    'account.restore': { zh: '恢复帐号', en: 'Restore account' },
    'account.password': { zh: '重设密码', en: 'Set password' },
    'account.own_password': { zh: '修改本人密码', en: 'Change own password' },
    'account.export': { zh: '导出帐号', en: 'Export accounts' },
    'account.reveal_phone': { zh: '查看绑定手机号', en: 'Reveal bound phone' },
    'alias.create': { zh: '新建别名', en: 'Create alias' },
    'alias.delete': { zh: '删除别名', en: 'Delete alias' },
    'administrator.appoint': { zh: '任命管理员', en: 'Appoint administrator' },
    'administrator.revoke': { zh: '取消管理员权限', en: 'Revoke administrator' },
    'domain.create': { zh: '新增邮件域', en: 'Add mail domain' },
    'unit_mailbox.create': { zh: '创建部门邮箱', en: 'Create unit mailbox' },
    'unit_mailbox.members': { zh: '修改部门邮箱成员', en: 'Change unit mailbox members' },
    'session.sign_in': { zh: '登录', en: 'Sign in' },
    'session.end': { zh: '注销登录设备', en: 'End a session' },
    'case.submit': { zh: '提交申请', en: 'Submit application' },
    'case.resend': { zh: '重新提交申请', en: 'Resend application' },
    'case.withdraw': { zh: '撤回申请', en: 'Withdraw application' },
    'case.urge': { zh: '催办', en: 'Urge' },
    'task.decide': { zh: '处理待办', en: 'Decide task' },
    'action.retry': { zh: '重试自动步骤', en: 'Retry automatic step' },
    'action.skip': { zh: '跳过自动步骤', en: 'Skip automatic step' },
    'queue.retry': { zh: '重试投递', en: 'Retry delivery' },
    'sender.unlock': { zh: '解除发信锁定', en: 'Unlock sending' },
    'queue.bounce': { zh: '退回邮件', en: 'Bounce mail' },
    'account.forwarding': { zh: '设置对外转发权限', en: 'Set forwarding right' },
    'quarantine.release': { zh: '放行隔离邮件', en: 'Release held mail' },
    'quarantine.remove': { zh: '删除隔离邮件', en: 'Delete held mail' },
    'quarantine.view': { zh: '查看隔离邮件', en: 'View held mail' },
    'queue.hold': { zh: '暂停投递邮件', en: 'Hold mail in the queue' },
    'queue.release': { zh: '继续投递邮件', en: 'Release held mail' },
    'mail.restore': { zh: '恢复已删除的邮件', en: 'Restore deleted mail' },
    'dkim.plan': { zh: '生成域名签名密钥', en: 'Make DKIM keys' },
    'dkim.activate': { zh: '启用域名签名密钥', en: 'Activate DKIM key' },
    'dkim.retire': { zh: '停用域名签名密钥', en: 'Retire DKIM key' },
    'mail_setting.change': { zh: '修改邮件设置', en: 'Change mail settings' },
  }),
);

/** What an action is called in the reader's language. */
export function auditLabel(action: string, locale: Locale): string {
  const texts = LABELS.get(action);
  return texts ? say(texts, locale) : action;
}
