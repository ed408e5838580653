import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, type ProductProcess, startProcess } from '../kit/product-process.ts';
import { PC, PHONE, picture, startBrowser } from './browser.ts';

const PASSWORD = 'Beichen-2026!demo';
const NARROW = { width: 360, height: 800 };

const NOWHERE = '/no-such-page';

const fixed = {
  zhangwei: [
    '/hall',
    '/hall/services',
    '/hall/services?by=theme',
    '/hall/apps',
    '/hall/s/info-service',
    '/hall/s/info-service/apply',
    '/tasks?box=started',
    '/tasks?box=done',
    '/tasks?box=cc',
    '/mail',
    '/mail/settings',
    '/mail/settings?tab=filters',
    '/mail/settings?tab=scripts',
    '/messages',
    '/directory',
    '/me',
    '/me?tab=profile',
    '/me?tab=preferences',
    '/me?tab=password',
    '/me?tab=sessions',
    '/me?tab=history',
    '/me?tab=mailboxes',
    NOWHERE,
  ],
  zhaomin: ['/hall', '/tasks'],
  admin: [
    '/console',
    '/console/accounts',
    '/console/unit-mailboxes',
    '/console/administrators',
    '/console/domains',
    '/console/queue',
    '/console/mail-settings',
    '/console/quarantine',
    '/console/dkim',
    '/console/dmarc',
    '/console/failed-actions',
    '/console/audit',
    '/console/outbox',
  ],
} as const;
type Name = keyof typeof fixed;
const people = ['zhangwei', 'zhaomin', 'admin'] as const satisfies readonly Name[];

interface Look {
  size: 'pc' | 'phone';
  theme: 'light' | 'dark';
  locale: 'zh-CN' | 'en';
}
/** Every pair of size, theme and language is among these four. */
const looks: Look[] = [
  { size: 'pc', theme: 'light', locale: 'zh-CN' },
  { size: 'pc', theme: 'dark', locale: 'en' },
  { size: 'phone', theme: 'dark', locale: 'zh-CN' },
  { size: 'phone', theme: 'light', locale: 'en' },
];

let data: string;
let product: ProductProcess;
let browser: Browser;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'hongyan-pages-'));
  chmodSync(data, 0o755);
  [product, browser] = await Promise.all([startProcess({ data, ports: await freePorts() }), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

/** The interface's own words, read from the catalogues of the web application: `['中文', 'English']`. */
function readCatalogue(): { chinese: Set<string>; english: Set<string> } {
  const chinese = new Set<string>();
  const english = new Set<string>();
  const root = join(import.meta.dirname, '../../../web/src');
  const pair = /\[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)'/g;
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!/texts[a-z-]*\.ts$|data-table\.tsx$/.test(file) || file.includes('.test.')) continue;
    for (const [, zh = '', en = ''] of readFileSync(join(root, file), 'utf8').matchAll(pair)) {
      if (zh === en || zh.includes('{{') || !/\p{Script=Han}/u.test(zh)) continue;
      if (/\p{Script=Han}/u.test(en)) continue;
      chinese.add(zh);
      english.add(en);
    }
  }
  return { chinese, english };
}
const catalogue = readCatalogue();

/** What the institution wrote itself, in whichever language it likes: its forms, services and processes. */
const OWN_WORDS = '.form, .case-form, .progress, .flow, .service, .tile, .catalogue, .mail-row, .reading';

/** Texts, labels and hints on the page as a person meets them, without what the institution wrote. */
const readWords = `(() => {
  const words = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const skip = (element) => element.closest(${JSON.stringify(OWN_WORDS)}) !== null;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.data.trim();
    if (text && node.parentElement && node.parentElement.checkVisibility() && !skip(node.parentElement)) words.add(text);
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]'))
    if (!skip(element)) for (const name of ['aria-label', 'placeholder', 'title']) {
      const text = element.getAttribute(name);
      if (text) words.add(text.trim());
    }
  return [...words, document.title.split(' · ')[0]];
})()`;

/** Buttons, links and fields that reach beyond the edge without anything there to scroll. */
const readCutOff = `(() => {
  const found = [];
  for (const element of document.querySelectorAll('button, a, input, select, textarea, h1, h2, [role=tab]')) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 1 || element.closest('.hy-hidden')) continue;
    let outer = element.parentElement;
    while (outer && !['auto', 'scroll'].includes(getComputedStyle(outer).overflowX)) outer = outer.parentElement;
    if (!outer || outer === document.body || outer === document.documentElement) found.push(element.outerHTML.slice(0, 120));
  }
  return found;
})()`;

/** How much of the dialog is seen, with what it stands in. */
const readOpacity = `(() => {
  let seen = 1;
  for (let one = document.querySelector('[role=dialog]'); one; one = one.parentElement)
    seen *= Number(getComputedStyle(one).opacity);
  return seen;
})()`;

const isReady = `document.querySelector('h1, h2') !== null
  && [...document.querySelectorAll('iframe')].every((frame) => frame.contentDocument?.readyState === 'complete'
    && frame.contentDocument.body?.innerText.trim() && frame.clientHeight >= frame.contentDocument.body.scrollHeight)
  && (document.querySelector('#content') ?? document.body).innerText.trim().length > 5
  && document.querySelector('.ant-skeleton, .ant-spin-spinning, .loading') === null`;
/** Requests that are still on their way, a window. */
const pending = new WeakMap<Page, Set<Request>>();

/** Waits until a page shows its content and stands still. */
async function settle(page: Page): Promise<void> {
  for (let quiet = 0; quiet < 2; ) {
    await expect
      .poll(async () => pending.get(page)?.size === 0 && (await page.evaluate<boolean>(isReady)), {
        timeout: 10_000,
      })
      .toBe(true);
    quiet++;
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
  }
  await page.evaluate(
    'document.fonts.ready.then(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity).map((a) => a.finished.catch(() => undefined))))',
  );
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

async function lookAt(page: Page, look: Look, faults: string[], name: string): Promise<void> {
  const say = (what: string) => faults.push(`${name}: ${what}`);
  await settle(page);
  await picture(page, `${name}-${look.size}-${look.theme}-${look.locale}`);
  const other = look.locale === 'en' ? catalogue.chinese : catalogue.english;
  for (const word of await page.evaluate<string[]>(readWords))
    if (other.has(word)) say(`foreign words: ${word}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResult>(
    "axe.run(document, { resultTypes: ['violations'], iframes: false })",
  );
  for (const { id, nodes } of violations)
    for (const node of nodes.slice(0, 2))
      say(`axe ${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
  for (const viewport of look.size === 'phone' ? [PHONE, NARROW] : [PC]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (wide > viewport.width) say(`${wide} wide at ${viewport.width}`);
    for (const cut of await page.evaluate<string[]>(readCutOff)) say(`cut off at ${viewport.width}: ${cut}`);
  }
  if (look.size === 'phone') await page.setViewportSize(PHONE);
}

/** A window in one look in which everything that the browser complains about is written down. */
async function openLook(look: Look, faults: string[]): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    baseURL: product.url,
    viewport: look.size === 'pc' ? PC : PHONE,
    hasTouch: look.size === 'phone',
    colorScheme: look.theme,
    locale: look.locale,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))",
  );
  const page = await context.newPage();
  const open = new Set<Request>();
  pending.set(page, open);
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) open.clear();
  });
  page.on('console', (message) => {
    const { type, text } = { type: message.type(), text: message.text() };
    if ((type === 'error' || type === 'warning') && !text.includes(' 404 '))
      faults.push(`${page.url()}: console: ${text}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()}: thrown: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith(NOWHERE))
      faults.push(`${page.url()}: ${response.status()} of ${response.url()}`);
  });
  return { context, page };
}

async function enter(context: BrowserContext, name: Name, locale: Look['locale']): Promise<void> {
  const headers = { origin: product.url };
  const session = await context.request.post('/api/v1/session', {
    headers,
    data: { name, password: PASSWORD },
  });
  expect(session.status()).toBe(200);
  const chosen = await context.request.patch('/api/v1/me', { headers, data: { theme: 'system', locale } });
  expect(chosen.status()).toBe(200);
}

/** Pages whose address only the list before them knows. */
async function visitFound(page: Page, person: Name, look: Look, faults: string[]): Promise<void> {
  const follow = async (from: string, selector: string, name: string) => {
    await page.goto(from);
    await settle(page);
    await page.locator(selector).first().click();
    await page.waitForURL((url) => url.pathname + url.search !== from);
    await lookAt(page, look, faults, name);
  };
  if (person === 'zhangwei') {
    await follow('/hall', 'a[href^="/hall/notices/"]', 'notice');
    await follow('/tasks?box=started', '.task-link', 'case');
    await follow('/mail', '.mail-open', 'mail-reading');
    await page.goto('/messages');
    await settle(page);
    await page.locator('.messages-list button').first().click();
    await lookAt(page, look, faults, 'message-reading');
  }
  if (person === 'zhaomin') await follow('/tasks', '.task-link', 'task');
}

/** What opens over a page must be seen, also by those who ask for no motion, and obey the policy. */
async function visitOpened(page: Page, person: Name, look: Look, faults: string[]): Promise<void> {
  const open = async (from: string, selector: string, name: string) => {
    await page.goto(from);
    await settle(page);
    await page.locator(selector).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await expect
      .poll(() => page.evaluate<number>(readOpacity), { message: `${name} is seen`, timeout: 10_000 })
      .toBe(1);
    await lookAt(page, look, faults, name);
  };
  if (person === 'zhangwei') {
    await open('/me?tab=mailboxes', '.shell-main .ant-btn', 'dialog-members');
    await open('/hall', look.size === 'phone' ? '.phone-head .ant-btn' : '.top-search', 'dialog-search');
  }
  if (person === 'admin') {
    await open('/console/administrators', '.console-page .ant-btn-primary', 'dialog-appoint');
    await open('/console/accounts', '.data-table tbody button', 'drawer-account');
  }
}

const nameOf = (person: Name, path: string) =>
  `${person}${path.replaceAll(/[/?=]+/g, '-')}`.replace(/-$/, '');

describe('every page', { timeout: 240_000 }, () => {
  it.each(looks)('[UI] is whole on $size, $theme, in $locale', async (look) => {
    const faults: string[] = [];
    await Promise.all(
      people.map(async (person) => {
        const { context, page } = await openLook(look, faults);
        if (person === 'zhaomin') {
          await page.goto('/login');
          await page.getByRole('button', { name: /zhangwei/ }).waitFor();
          await lookAt(page, look, faults, 'login');
        }
        await enter(context, person, look.locale);
        for (const path of fixed[person]) {
          await page.goto(path);
          await lookAt(page, look, faults, nameOf(person, path));
        }
        await visitFound(page, person, look, faults);
        await visitOpened(page, person, look, faults);
        await context.close();
      }),
    );
    expect(faults).toEqual([]);
  });
});
