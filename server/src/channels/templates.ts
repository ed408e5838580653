import { fill, type Locale, type Params } from '../kit/errors/index.ts';
import { say, type Texts } from '../kit/i18n/index.ts';

interface Template {
  title: Texts;
  body: Texts;
}

/** Everything that the product says to people on its own account, in both languages. */
const TEMPLATES = {
  task_new: {
    title: { zh: '待办：{title}', en: 'To do: {title}' },
    body: {
      zh: '{from}提交的“{title}”等待您处理（{step}）。',
      en: '“{title}” by {from} is waiting for you ({step}).',
    },
  },
  task_cc: {
    title: { zh: '抄送：{title}', en: 'For your information: {title}' },
    body: { zh: '{from}的“{title}”抄送给您，请查阅。', en: '“{title}” by {from} was copied to you.' },
  },
  task_urge: {
    title: { zh: '催办：{title}', en: 'Reminder: {title}' },
    body: {
      zh: '{from}请您尽快处理“{title}”({step})。',
      en: '{from} asks you to deal with “{title}” soon ({step}).',
    },
  },
  case_returned: {
    title: { zh: '已退回：{title}', en: 'Sent back: {title}' },
    body: {
      zh: '您的申请“{title}”被退回，请修改后重新提交。意见：{comment}',
      en: 'Your application “{title}” was sent back. Please edit and resend it. Comment: {comment}',
    },
  },
  case_approved: {
    title: { zh: '已办结：{title}', en: 'Completed: {title}' },
    body: { zh: '您的申请“{title}”已办结。{result}', en: 'Your application “{title}” is complete. {result}' },
  },
  case_rejected: {
    title: { zh: '未通过：{title}', en: 'Rejected: {title}' },
    body: {
      zh: '您的申请“{title}”未获通过。意见：{comment}',
      en: 'Your application “{title}” was rejected. Comment: {comment}',
    },
  },
  action_failed: {
    title: { zh: '自动步骤失败：{title}', en: 'Automatic step failed: {title}' },
    body: {
      zh: '“{title}”的自动步骤“{step}”没有成功：{reason}。请在管理后台处理。',
      en: 'The automatic step “{step}” of “{title}” failed: {reason}. Please deal with it in the console.',
    },
  },
  mailbox_ready: {
    title: { zh: '部门邮箱已开通：{address}', en: 'Unit mailbox ready: {address}' },
    body: {
      zh: '部门邮箱 {address} 已开通，有效期至 {expires}。成员用自己的帐号登录即可在“邮箱”中看到它；邮件客户端可用该地址和申请时设置的初始密码登录。',
      en: 'The unit mailbox {address} is ready and valid until {expires}. Members see it in Mail with their own sign-in; mail programs sign in with this address and the initial password of the application.',
    },
  },
  mailbox_member: {
    title: { zh: '您已成为部门邮箱 {address} 的成员', en: 'You are now a member of {address}' },
    body: {
      zh: '您可以在“邮箱”中查看并以 {address} 的名义收发邮件。',
      en: 'You can read and send mail as {address} in Mail.',
    },
  },
  alias_added: {
    title: { zh: '邮箱别名已添加：{alias}', en: 'Alias added: {alias}' },
    body: {
      zh: '管理员为您添加了别名 {alias}，发往该地址的邮件会进入您的收件箱。',
      en: 'An administrator gave you the alias {alias}; mail to it reaches your inbox.',
    },
  },
  alias_deleted: {
    title: { zh: '邮箱别名已删除：{alias}', en: 'Alias removed: {alias}' },
    body: {
      zh: '管理员删除了您的别名 {alias}，发往该地址的邮件将不再送达。',
      en: 'An administrator removed your alias {alias}; mail to it is no longer delivered.',
    },
  },
  quota_warning: {
    title: { zh: '邮箱 {address} 已用 {percent}%', en: 'Mailbox {address} is {percent}% full' },
    body: {
      zh: '{address} 已使用 {used}，总空间 {quota}。空间用完后将无法接收新邮件，请清理较大的或不再需要的邮件。',
      en: '{address} holds {used} of {quota}. When it is full no new mail can arrive. Please delete large or old mail.',
    },
  },
  mail_notice: {
    title: { zh: '新邮件：{subject}', en: 'New mail: {subject}' },
    body: { zh: '{from} 发来邮件“{subject}”。{text}', en: '{from} sent you “{subject}”. {text}' },
  },
  sender_locked: {
    title: { zh: '您的发信功能已被锁定', en: 'Your sending has been locked' },
    body: {
      zh: '您的帐号一小时内向 {recipients} 个收件人发信，系统已暂停其发信。如果不是您本人所为，请立即修改密码，并联系管理员解除锁定。',
      en: 'Your account sent mail to {recipients} recipients within an hour, so its sending is locked. If this was not you, change your password at once and ask an administrator to unlock it.',
    },
  },
  sender_locked_admin: {
    title: { zh: '发信已锁定：{address}', en: 'Sending locked: {address}' },
    body: {
      zh: '{address} 一小时内向 {recipients} 个收件人发信，已自动锁定，请核查是否被盗用。可在管理后台“邮件队列”中解除锁定。',
      en: '{address} sent mail to {recipients} recipients within an hour and was locked. Please check whether the account was stolen; unlock it in the mail queue of the console.',
    },
  },
  mail_rules_failed: {
    title: { zh: '您的邮件过滤脚本出错', en: 'Your mail filter script went wrong' },
    body: {
      zh: '脚本第 {line} 行运行出错：{message}。相关邮件已照常放入收件箱，请检查脚本。',
      en: 'Line {line} of the script failed: {message}. The mail was put into your inbox as usual; please check the script.',
    },
  },
  password_reset: {
    title: { zh: '您的密码已被管理员重设', en: 'An administrator reset your password' },
    body: {
      zh: '您的密码已由管理员重设，下次登录时需要修改。如有疑问请联系管理员。',
      en: 'An administrator reset your password; you will be asked to change it at the next sign-in.',
    },
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;

export function render(name: TemplateName, params: Params, locale: Locale): { title: string; body: string } {
  const template: Template = TEMPLATES[name];
  return { title: fill(say(template.title, locale), params), body: fill(say(template.body, locale), params) };
}

export function templateNames(): TemplateName[] {
  return Object.keys(TEMPLATES) as TemplateName[];
}
