import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, type ProductProcess, startProcess } from '../kit/product-process.ts';
import { openWindow, PC, PHONE, picture, signIn, startBrowser } from './browser.ts';

const PASSWORD = 'Beichen-2026!demo';
const ME = 'liuyang@beichen.test';
const FOREIGN = 'friend@elsewhere.example';

let data: string;
let product: ProductProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hongyan-settings-'));
  chmodSync(data, 0o755);
  browser = await startBrowser();
  product = await startProcess({ data, ports: await freePorts() });
  ({ page } = await openWindow(browser, product.url, { viewport: PC }));
  await signIn(page, 'liuyang', PASSWORD);
  await page.waitForURL('**/hall');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

async function write(subject: string): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: product.ports.smtp,
    secure: false,
    ignoreTLS: true,
  });
  await transport.sendMail({ from: FOREIGN, to: ME, subject, text: '你好' });
  transport.close();
}

async function subjectsOf(path: string): Promise<string[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: product.ports.imap,
    secure: false,
    tls: { rejectUnauthorized: false },
    auth: { user: ME, pass: PASSWORD },
    logger: false,
  });
  await client.connect();
  try {
    const subjects: string[] = [];
    await client.mailboxOpen(path, { readOnly: true });
    for await (const message of client.fetch('1:*', { envelope: true }))
      subjects.push(message.envelope?.subject ?? '');
    return subjects;
  } finally {
    await client.logout();
  }
}

async function choose(label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).first().click();
  await page.locator('.ant-select-item-option').filter({ hasText: option }).first().click();
}

const saved = () => page.getByText('已保存').first().waitFor();

describe('[MAIL-4] somebody sets up the mailbox in web mail', () => {
  it('a filter made by clicking moves what comes from then on', async () => {
    await page.goto('/mail');
    await page.getByRole('link', { name: '邮箱设置' }).click();
    await page.getByRole('tab', { name: '过滤规则' }).click();
    await page.getByRole('button', { name: '新建规则' }).click();
    await page.getByLabel('规则名称').fill('周报归档');
    await choose('比对内容', '主题');
    await page.getByLabel('关键词').fill('周报');
    await choose('文件夹', '已删除');
    await picture(page, 'mail-settings-filter-editor-pc');
    await page.getByRole('button', { name: '保存' }).click();
    await saved();
    await page.getByText('如果 主题 包含 “周报” 就 移到文件夹 已删除').waitFor();
    await picture(page, 'mail-settings-filters-pc');
    await write('第三周周报');
    await write('别的事');
    expect(await subjectsOf('INBOX')).toContain('别的事');
    expect(await subjectsOf('INBOX')).not.toContain('第三周周报');
  });

  it('the automatic reply goes out once it is switched on', async () => {
    await page.getByRole('tab', { name: '自动回复' }).click();
    await page.getByRole('switch', { name: '开启自动回复' }).click();
    await page.getByLabel('主题').fill('出差中');
    await page.getByLabel('内容').fill('我在外地，下周一回复。');
    await picture(page, 'mail-settings-vacation-pc');
    await page.getByRole('button', { name: '保存' }).click();
    await saved();
    await write('在吗');
    const outbox = join(data, 'outbox', 'mail');
    await expect
      .poll(
        () =>
          readdirSync(outbox, { withFileTypes: true })
            .filter((file) => file.name.endsWith('.json'))
            .map((file) => readFileSync(join(outbox, file.name), 'utf8')),
        { timeout: 15_000 },
      )
      .toContainEqual(expect.stringContaining(FOREIGN));
  });

  it('an error in a script is shown with its line, and the phone shows every page without a sideways scroll', async () => {
    await page.getByRole('tab', { name: '高级脚本' }).click();
    await page.getByRole('button', { name: '新建脚本' }).click();
    await page.getByLabel('脚本名称').fill('我的脚本');
    await page.getByLabel('脚本内容').fill('keep;\nnonsense;\n');
    await page.getByRole('button', { name: '检查' }).click();
    await page.getByText('第 2 行有误').waitFor();
    await picture(page, 'mail-settings-script-pc');
    await page.getByLabel('脚本内容').fill('keep;\n');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('button', { name: '启用' }).click();
    await page.getByText('正在使用').waitFor();
    await page.setViewportSize(PHONE);
    for (const tab of ['vacation', 'forwarding', 'filters', 'blocked', 'scripts']) {
      await page.goto(`/mail/settings?tab=${tab}`);
      await page.getByRole('tabpanel').waitFor();
      await picture(page, `mail-settings-${tab}-phone`);
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        tab,
      ).toBeLessThanOrEqual(0);
    }
    await page.goto('/mail/settings?tab=filters');
    await page.getByRole('button', { name: '编辑 周报归档' }).click();
    await page.getByLabel('规则名称').waitFor();
    await picture(page, 'mail-settings-filter-editor-phone');
  });
});
