import { defineTexts } from '../../kit/texts.ts';

export const clientTexts = defineTexts('mail-clients', {
  about: [
    '在手机或电脑的邮件客户端中添加帐户时，请填写完整的邮箱地址作为用户名，并打开“发件服务器需要身份验证”。',
    'When you add the account to a mail client, the user name is the whole address, and the outgoing server needs a password too.',
  ],
  address: ['用户名', 'User name'],
  password: ['密码', 'Password'],
  passwordIs: ['您的登录密码', 'The one you sign in with'],
  imap: ['收信 IMAP(推荐)', 'Incoming, IMAP (recommended)'],
  pop3: ['收信 POP3', 'Incoming, POP3'],
  smtp: ['发信 SMTP', 'Outgoing, SMTP'],
  sieve: ['过滤脚本 ManageSieve', 'Filter scripts, ManageSieve'],
  kind: ['用途', 'Purpose'],
  server: ['服务器', 'Server'],
  port: ['端口', 'Port'],
  security: ['加密方式', 'Encryption'],
  tls: ['SSL/TLS', 'TLS'],
  starttls: ['STARTTLS', 'STARTTLS'],
  popHint: [
    '使用 POP3 时请勾选“在服务器上保留副本”，否则邮件会只留在那一台设备上。',
    'With POP3, switch on “leave a copy on the server”; else mail stays on that one device only.',
  ],
  guides: ['分步说明', 'Step by step'],
  outlook: ['Outlook', 'Outlook'],
  outlookSteps: [
    '文件 → 添加帐户 → 填写邮箱地址 → 连接，系统会自动找到设置。找不到时选“高级选项 → 让我手动设置”，类型选 IMAP，按上表填写服务器和端口。',
    'File → Add account → your address → Connect; the settings are found by themselves. If not: Advanced → set up manually → IMAP, with the servers and ports above.',
  ],
  foxmail: ['Foxmail', 'Foxmail'],
  foxmailSteps: [
    '右上角菜单 → 帐号管理 → 新建 → 其他邮箱 → 手动设置。接收服务器类型选 IMAP，邮件帐号填完整地址，勾选两处 SSL，按上表填写。',
    'Menu → Accounts → New → Other → Manual. Choose IMAP, give the whole address as account, tick both SSL boxes, fill in the table above.',
  ],
  apple: ['苹果邮件(Mac)', 'Apple Mail (Mac)'],
  appleSteps: [
    '下载下面的配置描述文件并打开，在“系统设置 → 通用 → 设备管理”中安装，按提示输入密码。',
    'Download the profile below, open it, install it under System Settings → General → Device Management, and type your password.',
  ],
  thunderbird: ['Thunderbird', 'Thunderbird'],
  thunderbirdSteps: [
    '新建 → 现有邮箱帐户，填写姓名、完整地址和密码，点“继续”，设置会自动出现，选 IMAP 后点“完成”。',
    'New → Existing mail account: name, whole address, password, Continue. The settings appear by themselves; choose IMAP and Done.',
  ],
  android: ['安卓手机', 'Android'],
  androidSteps: [
    '设置 → 帐户 → 添加帐户 → 个人(IMAP),填写完整地址和密码；收信、发信服务器和端口按上表填写，安全类型选 SSL/TLS。',
    'Settings → Accounts → Add → Personal (IMAP): whole address and password, then the incoming and outgoing servers above with SSL/TLS.',
  ],
  iphone: ['iPhone / iPad', 'iPhone / iPad'],
  iphoneSteps: [
    '用 Safari 打开本页并下载配置描述文件，然后在“设置 → 已下载描述文件”中安装。也可以在“设置 → 邮件 → 帐户 → 添加帐户 → 其他”中按上表手动填写。',
    'Open this page in Safari and download the profile, then install it under Settings → Profile Downloaded. Or add the account by hand under Settings → Mail → Accounts → Other.',
  ],
  profile: ['下载苹果设备配置描述文件', 'Download the profile for Apple devices'],
});
