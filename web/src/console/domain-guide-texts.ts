import { defineTexts } from '../kit/texts.ts';

export const guideTexts = defineTexts('domain-guide', {
  title: ['{{domain}} 的解析设置', 'DNS records of {{domain}}'],
  about: [
    '请在域名注册商的解析页面添加下列记录，完成后点“检测”。新记录通常几分钟到几小时后生效。',
    'Add these records at your registrar, then press “Check”. New records take minutes to hours to be seen.',
  ],
  check: ['检测', 'Check'],
  copyZone: ['复制为区域文件', 'Copy as zone file'],
  copied: ['已复制', 'Copied'],
  copy: ['复制', 'Copy'],
  required: ['必需', 'Required'],
  recommended: ['建议', 'Recommended'],
  type: ['类型', 'Type'],
  name: ['主机记录', 'Name'],
  value: ['记录值', 'Value'],
  priority: ['优先级 {{priority}}', 'Priority {{priority}}'],
  ownAddress: ['本服务器的公网地址', 'The public address of this server'],
  ok: ['正确', 'Right'],
  missing: ['未找到', 'Not found'],
  wrong: ['不一致', 'Different'],
  weak: ['可改进', 'Could be better'],
  unknown: ['暂时查不到', 'Cannot tell now'],
  foundNow: ['目前是：{{found}}', 'Now: {{found}}'],
  noKeys: [
    '还没有签名密钥。请先在“域名签名”页面生成，再回到这里复制记录。',
    'There is no signing key yet. Make one on the page “Domain signatures”, then come back for its record.',
  ],
  allRight: ['必需的记录都正确', 'All required records are right'],
  notYet: ['还有 {{count}} 条必需的记录需要处理', '{{count}} required records need attention'],
  registrars: ['常用注册商怎么填', 'How to do it at common registrars'],
  xinnet: ['新网', 'Xinnet'],
  xinnetSteps: [
    '登录新网 → 域名管理 → 选择域名 → 解析 → 添加记录。主机名填记录名称中域名前面的部分，根域名留空或填 @。MX 记录的优先级单独填写。',
    'Sign in → Domains → your domain → DNS → Add. The host is what stands before the domain, empty or @ for the domain itself; MX priority has a field of its own.',
  ],
  wanwang: ['万网（阿里云）', 'Wanwang (Alibaba Cloud)'],
  wanwangSteps: [
    '登录阿里云 → 云解析 DNS → 选择域名 → 添加记录。记录类型选 MX、TXT、CNAME 或 SRV，主机记录填 @ 或前缀，SRV 的记录值按“优先级 权重 端口 目标”填写。',
    'Sign in → Alibaba Cloud DNS → your domain → Add record. Host is @ or the prefix; an SRV value is “priority weight port target”.',
  ],
  ename: ['易名 eName', 'eName'],
  enameSteps: [
    '登录易名 → 我的域名 → 解析 → 添加解析。TXT 记录值不要加引号；MX 的优先级填 10 和 50。',
    'Sign in → My domains → DNS → Add. TXT values go without quotes; MX priorities are 10 and 50.',
  ],
  godaddy: ['GoDaddy', 'GoDaddy'],
  godaddySteps: [
    '登录 GoDaddy → 我的产品 → 域名 → DNS → 添加新记录。名称填 @ 或前缀；先删除已有的默认 MX 和 SPF 记录，SPF 只能有一条。',
    'Sign in → My Products → Domains → DNS → Add. Name is @ or the prefix; remove preset MX and SPF records first, since only one SPF record may exist.',
  ],
});
