import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, type ProductProcess, startProcess } from '../kit/product-process.ts';
import { Talker } from '../mail/talker.ts';
import { openWindow, PC, PHONE, picture, signIn, startBrowser } from './browser.ts';

const PASSWORD = 'Beichen-2026!demo';
const INITIAL = 'Tushu-Guan#2026';
const NAME = 'tsg-journey';
const ADDRESS = `${NAME}@beichen.test`;
const FOREIGN = 'editor@press.example';
const SUBJECT = '关于期刊合作的询问';
const ANSWER = '您好，欢迎来函，我们下周答复。';

let data: string;
let product: ProductProcess;
let browser: Browser;
const windows = new Map<string, Page>();
let caseUrl = '';

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hongyan-journey-'));
  chmodSync(data, 0o755);
  [product, browser] = await Promise.all([startProcess({ data, ports: await freePorts() }), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

async function as(name: string, viewport: { width: number; height: number }): Promise<Page> {
  const known = windows.get(name);
  if (known) return known;
  const { page } = await openWindow(browser, product.url, { viewport });
  await signIn(page, name, PASSWORD);
  await page.waitForURL('**/hall');
  windows.set(name, page);
  return page;
}

const imap = (user: string, pass: string) =>
  new ImapFlow({
    host: '127.0.0.1',
    port: product.ports.imap,
    secure: false,
    tls: { rejectUnauthorized: false },
    auth: { user, pass },
    logger: false,
  });

async function readSubjects(user: string, pass: string, folder: string): Promise<string[]> {
  const client = imap(user, pass);
  await client.connect();
  try {
    const subjects: string[] = [];
    await client.mailboxOpen(folder, { readOnly: true });
    for await (const message of client.fetch('1:*', { envelope: true }))
      subjects.push(message.envelope?.subject ?? '');
    return subjects;
  } finally {
    await client.logout();
  }
}

describe('four people and a unit mailbox', { timeout: 90_000 }, () => {
  it('[HALL-8] is applied for on a phone; the initial password shows nowhere', async () => {
    const page = await as('zhangwei', PHONE);
    await page.goto('/hall/services');
    await page
      .getByRole('link', { name: /信息服务申请/ })
      .first()
      .click();
    await page.getByRole('button', { name: '在线办理' }).last().click();

    await page.getByRole('radio', { name: '部门邮箱' }).check();
    await page.getByLabel('邮箱名称').fill(NAME);
    await page.getByLabel('初始密码').fill(INITIAL);
    await page.getByText('可以使用').waitFor();
    await page.getByRole('combobox', { name: '成员' }).fill('chenjing');
    await page.locator('.pick-row', { hasText: '陈静' }).click();
    await page.keyboard.press('Escape');
    await page.getByLabel('业务负责人手机号').fill('13810000004');
    await page.getByLabel('业务负责人邮箱').fill('zhangwei@beichen.test');
    await page.getByLabel('部门负责人姓名').fill('赵敏');
    await page.getByLabel('部门负责人电话').fill('010-62750013');
    await picture(page, 'journey-form');
    await page.getByRole('button', { name: '下一步' }).click();

    await page.getByRole('heading', { name: '提交后将由这些人办理' }).waitFor();
    await picture(page, 'journey-preview');
    expect(await page.content()).not.toContain(INITIAL);
    expect(await page.locator('body').textContent()).toContain(NAME);
    expect(await page.locator('.form-values').first().textContent()).toContain('陈静');
    expect(await page.locator('body').textContent()).toContain('赵敏');
    await page.getByRole('button', { name: '确认提交' }).click();
    await page.getByText('申请已提交').waitFor();
    await page.getByRole('button', { name: '查看详情' }).click();

    await page.getByRole('tab', { name: '查看流程' }).waitFor();
    const current = page.locator('[aria-current="step"]');
    await current.waitFor();
    expect(await current.textContent()).toContain('赵敏');
    caseUrl = new URL(page.url()).pathname;
    expect(await page.content()).not.toContain(INITIAL);
    await picture(page, 'journey-progress');
  });

  it('[HALL-7] is agreed to by the head of the unit with one tap', async () => {
    const page = await as('zhaomin', PC);
    await openTask(page);
    expect(await page.content()).not.toContain(INITIAL);
    await picture(page, 'journey-task');
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await page.getByText('已提交：同意').waitFor();
    await page.waitForURL('**/tasks');
  });

  it('[HALL-8] is agreed to by the IT centre, which sets the expiry; the applicant sees it done without reloading', async () => {
    const applicant = await as('zhangwei', PHONE);
    const page = await as('wangfang', PC);
    await openTask(page);
    const expires = page.getByLabel('到期日期');
    expect(await expires.inputValue()).toMatch(/^20\d\d-\d\d-\d\d$/);
    await expires.fill('2027-12-31');
    await expires.press('Enter');
    await picture(page, 'journey-task-centre');
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await page.waitForURL('**/tasks');

    await applicant.getByText('已办结').first().waitFor();
    await applicant.getByText(ADDRESS).first().waitFor();
    await picture(applicant, 'journey-done');
  });

  it('[HALL-9] tells the applicant in the messages and by mail', async () => {
    const page = await as('zhangwei', PHONE);
    await page.goto('/messages');
    await page.getByRole('button').filter({ hasText: ADDRESS }).first().click();
    await page.locator('.messages-reading').getByText(ADDRESS).first().waitFor();
    await picture(page, 'journey-message');
    await expect
      .poll(async () => (await readSubjects('zhangwei', PASSWORD, 'INBOX')).join('\n'), { timeout: 15_000 })
      .toContain(ADDRESS);
  });

  it('[MAIL-4] takes mail from outside and shows it at once in the web mail of a member', async () => {
    const page = await as('chenjing', PC);
    await page.goto('/mail');
    const column = page.getByRole('navigation', { name: '文件夹' });
    const box = column.locator('section').filter({ hasText: ADDRESS });
    await box.getByRole('button', { name: /收件箱/ }).click();
    await page.getByText('这里还没有邮件').waitFor();
    await createTransport({
      host: '127.0.0.1',
      port: product.ports.smtp,
      tls: { rejectUnauthorized: false },
    }).sendMail({
      from: `"出版社编辑部" <${FOREIGN}>`,
      to: ADDRESS,
      subject: SUBJECT,
      text: '您好：\n\n想请教贵馆的期刊合作事宜。\n\n编辑部',
    });
    const row = page.locator('.mail-row', { hasText: SUBJECT });
    await row.waitFor({ timeout: 10_000 });
    await row.getByRole('button').first().click();
    await page.frameLocator('iframe.mail-frame').getByText('期刊合作事宜').waitFor();
    await page.getByText('来自机构外部').waitFor();
    await picture(page, 'journey-mail');
  });

  it('[MAIL-3] is read by IMAP with the initial password, and by a member under her own name', async () => {
    expect(await readSubjects(ADDRESS, INITIAL, 'INBOX')).toContain(SUBJECT);
    expect(await readSubjects('chenjing', PASSWORD, `Other Users/${ADDRESS}/INBOX`)).toContain(SUBJECT);
  });

  it('[MAIL-2] is read by POP3 with the initial password', async () => {
    const talker = await Talker.open(product.ports.pop3);
    const ask = async (line: string) => {
      talker.write(`${line}\r\n`);
      return talker.reply();
    };
    expect(await talker.reply()).toMatch(/^\+OK/);
    expect(await ask('STLS')).toMatch(/^\+OK/);
    await talker.startTls();
    expect(await ask(`USER ${ADDRESS}`)).toMatch(/^\+OK/);
    expect(await ask(`PASS ${INITIAL}`)).toMatch(/^\+OK/);
    expect(await ask('STAT')).toMatch(/^\+OK 1 \d+/);
    expect(await ask('RETR 1')).toMatch(/^\+OK/);
    const text = await talker.until('\r\n.\r\n');
    const mail = await simpleParser(text);
    expect(mail.subject).toBe(SUBJECT);
    expect(mail.text).toContain('期刊合作事宜');
    talker.write('QUIT\r\n');
  });

  it('[MAIL-4] is answered from by a member in web mail; the answer leaves and stays in Sent', async () => {
    const page = await as('chenjing', PC);
    await page.getByRole('button', { name: '回复', exact: true }).click();
    const compose = page.getByRole('region', { name: '写邮件' });
    await compose.getByRole('textbox', { name: '正文' }).fill(ANSWER);
    expect(await compose.textContent()).toContain(ADDRESS);
    await picture(page, 'journey-answer');
    await compose.getByRole('button', { name: '发送' }).click();
    await page.getByText('邮件已发送').waitFor();

    const outbox = join(data, 'outbox', 'mail');
    const left = async () => {
      const files = readdirSync(outbox).filter((file) => file.endsWith('.eml'));
      const mails = await Promise.all(files.map((file) => simpleParser(readFileSync(join(outbox, file)))));
      return mails.find((mail) => mail.subject?.includes(SUBJECT));
    };
    await expect.poll(async () => (await left())?.from?.value[0]?.address, { timeout: 10_000 }).toBe(ADDRESS);
    const mail = await left();
    expect(mail?.text).toContain(ANSWER);
    expect(mail?.to).toMatchObject({ value: [{ address: FOREIGN }] });
    expect(await readSubjects(ADDRESS, INITIAL, 'Sent')).toEqual([`Re: ${SUBJECT}`]);
  });

  it('[HALL-8] does not let the initial password open the web sign-in', async () => {
    const { page, context } = await openWindow(browser, product.url, { viewport: PC });
    await signIn(page, ADDRESS, INITIAL);
    await page.getByRole('alert').waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    await context.close();
  });

  /** From the hall to the task of our case, as an approver goes. */
  async function openTask(page: Page): Promise<void> {
    await page.goto('/tasks');
    const number = caseUrl.split('/').at(-1) ?? '';
    expect(number).not.toBe('');
    await page.locator('.task-row', { hasText: '张伟' }).filter({ hasText: '信息服务申请' }).first().click();
    await page.getByRole('button', { name: '同意', exact: true }).waitFor();
    expect(await page.locator('main').textContent()).toContain(NAME);
  }
});
