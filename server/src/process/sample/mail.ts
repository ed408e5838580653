import { createTransport } from 'nodemailer';
import { transaction } from '../../kit/db/index.ts';
import { FLAG, type Mail } from '../../mail/index.ts';
import type { Random } from './random.ts';
import type { SampleParts } from './sample.ts';

export interface SampleMailParts extends SampleParts {
  mail: Mail;
}

interface Letter {
  from: string;
  to: string[];
  subject: string;
  daysAgo: number;
  text?: string;
  html?: string;
  attachments?: { filename: string; content: Buffer; contentType: string; cid?: string }[];
  seen?: boolean;
  flagged?: boolean;
  /** Answers the letter of this number. */
  answers?: number;
}

const DAY = 86_400_000;
/** A 1 × 1 blue PNG, scaled by the mail: pictures inside a mail without a file beside us. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPQjnr7HwAEuAJxPsFRtgAAAABJRU5ErkJggg==',
  'base64',
);

const at = (name: string) => `${name}@beichen.test`;

function letters(): Letter[] {
  const csv = Buffer.from(
    '\ufeff课程，周次，教室\n高等数学，1-16,理教 101\n数据结构，1-16,信息楼 305\n',
    'utf8',
  );
  const plan = Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  );
  return [
    {
      from: `赵敏 <${at('zhaomin')}>`,
      to: [at('zhangwei')],
      subject: '期末考试安排初稿',
      daysAgo: 2,
      html: '<div style="font-size:14px"><p>张伟:</p><p>期末考试安排初稿已整理完毕，请核对以下几点:</p><ol><li>公共课统一安排在 <b>第 17 周</b>;</li><li>机考课程与信息中心确认机房;</li><li>监考教师名单周五前报我。</li></ol><table border="1" cellpadding="6" style="border-collapse:collapse"><tr><th>课程</th><th>时间</th><th>教室</th></tr><tr><td>高等数学</td><td>12-28 上午</td><td>理教 101</td></tr><tr><td>大学英语</td><td>12-29 下午</td><td>文史楼 203</td></tr></table><p>赵敏<br>教务处</p></div>',
      attachments: [{ filename: '考试安排（初稿）.csv', content: csv, contentType: 'text/csv' }],
      flagged: true,
    },
    {
      from: `张伟 <${at('zhangwei')}>`,
      to: [at('zhaomin')],
      subject: '回复：期末考试安排初稿',
      daysAgo: 1,
      text: '赵处长:\n\n已核对，高等数学与大学物理在 28 日上午有冲突，建议大学物理调到 30 日。\n\n张伟',
      answers: 0,
    },
    {
      from: `赵敏 <${at('zhaomin')}>`,
      to: [at('zhangwei')],
      subject: '回复：期末考试安排初稿',
      daysAgo: 0,
      text: '同意，请更新后发我。\n\n赵敏',
      answers: 0,
    },
    {
      from: `信息中心 <${at('wangfang')}>`,
      to: [at('zhangwei'), at('zhaomin'), at('liqiang'), at('liuyang'), at('chenjing')],
      subject: '校园网主干升级通知',
      daysAgo: 3,
      html: '<div style="max-width:560px;margin:0 auto;border:1px solid #e5e7eb;border-radius:8px;overflow:hidden"><div style="background:#2b5aed;color:#fff;padding:16px 20px;font-size:18px">校园网主干升级通知</div><div style="padding:20px;line-height:1.8"><p>各位老师、同学:</p><p>为提升校园网出口带宽，定于 <b>本周六 00:00—06:00</b> 进行主干设备升级，期间校园网间断。</p><p><img src="cid:dot" width="520" height="6" alt=""></p><p>如有问题请拨打 010-62750001。</p><p style="color:#6b7280">信息中心</p></div></div>',
      attachments: [{ filename: 'line.png', content: DOT, contentType: 'image/png', cid: 'dot' }],
      seen: true,
    },
    {
      from: `李强 <${at('liqiang')}>`,
      to: [at('zhangwei')],
      subject: '排课系统云主机规格确认',
      daysAgo: 4,
      text: '张伟你好,\n\n云主机申请里的数据盘容量请补充测算依据，我这边好走流程。\n\n李强',
      seen: true,
    },
    {
      from: '期刊编辑部 <editor@journal.example.org>',
      to: [at('zhangwei')],
      subject: '您的稿件《教学质量评价研究》外审意见',
      daysAgo: 5,
      html: '<p>尊敬的作者:</p><p>您的稿件已完成外审，结论为<b>小修后录用</b>。请在两周内提交修改稿。</p><p><img src="https://journal.example.org/track.png" alt="期刊标志" width="120"></p>',
      attachments: [{ filename: '外审意见.pdf', content: plan, contentType: 'application/pdf' }],
    },
    {
      from: 'Conference Office <office@icse.example.com>',
      to: [at('zhangwei'), at('wangfang')],
      subject: 'Your registration is confirmed',
      daysAgo: 6,
      text: 'Dear participant,\n\nyour registration is confirmed. We look forward to seeing you.\n\nThe conference office',
      seen: true,
    },
    {
      from: `陈静 <${at('chenjing')}>`,
      to: [at('zhangwei'), at('wangfang'), at('zhaomin')],
      subject: '关于报送年度工作总结的通知',
      daysAgo: 7,
      text: '各单位:\n\n请于 12 月 10 日前将本单位年度工作总结（电子版）报送学校办公室。\n\n学校办公室',
      seen: true,
    },
    {
      from: `刘洋 <${at('liuyang')}>`,
      to: [at('jwc')],
      subject: '咨询：辅修学位报名时间',
      daysAgo: 1,
      text: '老师您好，请问本学期辅修学位什么时候报名?谢谢!\n\n计算机学院 刘洋 2023010101',
    },
    {
      from: '家长 <parent@mail.example.net>',
      to: [at('jwc')],
      subject: '关于学生成绩单邮寄',
      daysAgo: 2,
      text: '老师好，想咨询成绩单能否邮寄到家。',
    },
  ];
}

/** Mail in people's boxes: Chinese HTML, attachments, conversations, outside senders; then many short notes. */
export async function fillMail(parts: SampleMailParts, random: Random): Promise<void> {
  const all = letters();
  for (let n = 0; n < 60; n++) {
    const [who, title] = random.pick([
      ['chenjing', '会议纪要'],
      ['wangfang', '系统运行周报'],
      ['zhaomin', '教学检查反馈'],
      ['liqiang', '工单处理结果'],
      ['zhangwei', '材料汇总'],
    ] as const);
    const to = random.pick(
      ['zhangwei', 'zhaomin', 'wangfang', 'liqiang', 'chenjing'].filter((name) => name !== who),
    );
    all.push({
      from: `${NAMES.get(who) ?? who} <${at(who)}>`,
      to: [at(to)],
      subject: `${title}(第 ${n + 1} 期)`,
      daysAgo: 8 + random.below(80),
      text: `您好，附上${title}第 ${n + 1} 期，请查阅。\n\n${NAMES.get(who) ?? who}`,
      seen: random.below(10) > 1,
    });
  }
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  for (const [index, letter] of all.entries()) await deliver(parts, composer, all, letter, index);
}

const NAMES = new Map([
  ['chenjing', '陈静'],
  ['wangfang', '王芳'],
  ['zhaomin', '赵敏'],
  ['liqiang', '李强'],
  ['zhangwei', '张伟'],
]);

const idOf = (index: number) => `<sample-${index}@beichen.test>`;

async function deliver(
  { db, clock, directory, mail }: SampleMailParts,
  composer: ReturnType<typeof createTransport>,
  _all: Letter[],
  letter: Letter,
  index: number,
): Promise<void> {
  const receivedAt = new Date(clock.ms() - letter.daysAgo * DAY - (index % 7) * 3_600_000 - 300_000);
  const composed = await composer.sendMail({
    from: letter.from,
    to: letter.to,
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    attachments: letter.attachments,
    date: receivedAt,
    messageId: idOf(index),
    ...(letter.answers === undefined
      ? {}
      : { inReplyTo: idOf(letter.answers), references: idOf(letter.answers) }),
  });
  if (!('message' in composed) || !Buffer.isBuffer(composed.message))
    throw new Error('the sample letter was not composed');
  const writer = mail.store.newBody();
  await writer.write(composed.message);
  const body = await writer.finish();
  const sender = /<([^>]+)>/.exec(letter.from)?.[1] ?? '';
  await transaction(db, async (tx) => {
    await mail.store.registerBodies(tx, [body]);
    for (const address of letter.to) {
      const target = await directory.addresses.resolve(tx, address);
      if (target.kind !== 'account') continue;
      await mail.store.deliver(tx, [
        {
          accountId: target.accountId,
          shared: target.accountKind === 'unit',
          body,
          prefix: Buffer.from(`Return-Path: <${sender}>\r\nDelivered-To: ${address}\r\n`),
          receivedAt,
          recipientId: undefined,
          placements: [
            {
              flags: (letter.seen ? FLAG.seen : 0) | (letter.flagged ? FLAG.flagged : 0),
              keywords: [],
            },
          ],
        },
      ]);
    }
    const author = await directory.addresses.resolve(tx, sender);
    if (author.kind !== 'account') return;
    await mail.store.provision(tx, author.accountId);
    const sent = await mail.store.mailboxByRole(
      tx,
      { accountId: author.accountId, readerId: author.accountId },
      'sent',
    );
    await mail.store.deliver(tx, [
      {
        accountId: author.accountId,
        shared: false,
        body,
        prefix: Buffer.alloc(0),
        receivedAt,
        recipientId: undefined,
        placements: [{ ...(sent ? { mailboxId: sent.id } : {}), flags: FLAG.seen, keywords: [] }],
      },
    ]);
  });
}
