import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Params } from '../../kit/errors/index.ts';
import type { Texts } from '../../kit/i18n/index.ts';
import { type Config, isLoopback } from '../config.ts';

/** What one look found. `bad` is broken now, `warn` wants attention. */
export interface Finding {
  level: 'ok' | 'warn' | 'bad';
  texts: Texts;
  params?: Params;
}

const GIB = 1_073_741_824;
const DAY_MS = 86_400_000;

export function finding(level: Finding['level'], zh: string, en: string, params: Params = {}): Finding {
  return { level, texts: { zh, en }, params };
}

export function checkNode(): Finding {
  const version = process.versions.node;
  const ok = Number(version.split('.')[0]) >= 24;
  return ok
    ? finding('ok', 'Node.js 版本是 {version}。', 'Node.js is version {version}.', { version })
    : finding(
        'bad',
        'Node.js 版本是 {version}，需要 24 或更高。',
        'Node.js is version {version}; 24 or later is needed.',
        { version },
      );
}

/** Secrets lie in `keys`: nobody but the owner may look into it. */
export function checkFolder(data: string): Finding {
  const keys = join(data, 'keys');
  if (!existsSync(keys))
    return finding(
      'warn',
      '数据目录 {data} 还没有建立，首次启动时会自动建立。',
      'The data folder {data} does not exist yet; the first start makes it.',
      { data },
    );
  const open: string[] = [];
  for (const path of [keys, join(keys, 'master.json'), join(keys, 'tls.key'), join(keys, 'postgres')]) {
    if (existsSync(path) && (statSync(path).mode & 0o077) !== 0) open.push(path);
  }
  return open.length === 0
    ? finding(
        'ok',
        '数据目录 {data} 存在，其中的密钥只有所有者可读。',
        'The data folder {data} is there and its keys are readable by their owner only.',
        { data },
      )
    : finding(
        'bad',
        '其他用户可以读取 {paths}，请执行 chmod go= 收回权限。',
        'Other users can read {paths}; take that away with chmod go=.',
        { paths: open.join(' ') },
      );
}

export function checkCertificate(config: Config, data: string, now: number): Finding {
  const file = config.tlsCert ?? join(data, 'keys', 'tls.crt');
  if (!existsSync(file))
    return config.tlsCert === undefined
      ? finding('ok', '证书会在首次启动时自动生成。', 'The certificate will be made at the first start.')
      : finding('bad', '找不到证书文件 {file}。', 'The certificate file {file} is missing.', { file });
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(file));
  } catch {
    return finding('bad', '证书文件 {file} 无法识别。', 'The certificate file {file} is not understood.', {
      file,
    });
  }
  const days = Math.floor((certificate.validToDate.getTime() - now) / DAY_MS);
  const params = { file, days, name: config.url ? new URL(config.url).hostname : 'localhost' };
  if (days < 0) return finding('bad', '证书 {file} 已过期。', 'The certificate {file} has expired.', params);
  if (config.tlsCert === undefined)
    return finding(
      config.sample ? 'ok' : 'warn',
      '证书是自制的，邮件客户端会提示不受信任；正式使用请设置 HONGYAN_TLS_CERT 和 HONGYAN_TLS_KEY。',
      'The certificate is self-made and clients will warn; for real use set HONGYAN_TLS_CERT and HONGYAN_TLS_KEY.',
    );
  if (config.url && !certificate.checkHost(params.name))
    return finding(
      'bad',
      '证书 {file} 不适用于 {name}。',
      'The certificate {file} is not for {name}.',
      params,
    );
  return days < 14
    ? finding(
        'warn',
        '证书 {file} 还有 {days} 天到期。',
        'The certificate {file} expires in {days} days.',
        params,
      )
    : finding(
        'ok',
        '证书有效，还有 {days} 天到期。',
        'The certificate is valid for another {days} days.',
        params,
      );
}

export async function checkDisk(data: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(existsSync(data) ? data : '.');
  const free = bavail * bsize;
  const params = { gib: (free / GIB).toFixed(1), percent: Math.round((100 * bavail) / Math.max(1, blocks)) };
  if (free < GIB / 2)
    return finding(
      'bad',
      '数据目录所在磁盘只剩 {gib} GiB。',
      'Only {gib} GiB are left on the disk of the data folder.',
      params,
    );
  if (free < 5 * GIB)
    return finding(
      'warn',
      '数据目录所在磁盘剩余 {gib} GiB（{percent}%）。',
      '{gib} GiB ({percent} %) are left on the disk of the data folder.',
      params,
    );
  return finding('ok', '磁盘空间充足，剩余 {gib} GiB。', 'There is room enough: {gib} GiB are left.', params);
}

export function checkSettings(config: Config): Finding[] {
  const found: Finding[] = [];
  if (!config.sample)
    found.push(
      finding(
        'warn',
        '没有短信服务商，用短信激活、找回密码等功能不可用。',
        'There is no SMS provider: activation and recovery by SMS are off.',
      ),
    );
  if (config.clockOffsetMs !== 0)
    found.push(
      finding(
        'warn',
        'HONGYAN_CLOCK 使产品时钟偏移 {hours} 小时，只应用于测试。',
        'HONGYAN_CLOCK shifts the clock by {hours} hours; that is for tests only.',
        { hours: Math.round(config.clockOffsetMs / 360_000) / 10 },
      ),
    );
  if (!config.sample && config.url === undefined)
    found.push(
      finding(
        'warn',
        '没有设置 HONGYAN_URL，只能在本机通过浏览器使用。',
        'HONGYAN_URL is not set: browsers can use it on this machine only.',
      ),
    );
  if (config.url?.startsWith('https:') && config.httpsPort === undefined && config.trustProxy.length === 0)
    found.push(
      finding(
        'warn',
        'HONGYAN_URL 是 https，但没有设置 HONGYAN_HTTPS_PORT，也没有设置 HONGYAN_TRUST_PROXY。',
        'HONGYAN_URL is https, but neither HONGYAN_HTTPS_PORT nor HONGYAN_TRUST_PROXY is set.',
      ),
    );
  if (config.sample && !isLoopback(config.host))
    found.push(
      finding(
        'warn',
        '示例数据正对外提供服务（{host}），其密码是公开的。',
        'Sample data listens on {host} and its passwords are public.',
        { host: config.host },
      ),
    );
  return found;
}

/** Each port is free, or held by the product that runs. */
export async function checkPorts(config: Config, running: boolean): Promise<Finding[]> {
  const ports: [setting: string, port: number | undefined, wanted: boolean][] = [
    ['HONGYAN_HTTP_PORT', config.httpPort, config.roles.has('web')],
    ['HONGYAN_HTTPS_PORT', config.httpsPort, config.roles.has('web')],
    ['HONGYAN_SMTP_PORT', config.smtpPort, config.roles.has('smtp')],
    ['HONGYAN_SUBMISSION_PORT', config.submissionPort, config.roles.has('smtp')],
    ['HONGYAN_SUBMISSIONS_PORT', config.submissionsPort, config.roles.has('smtp')],
    ['HONGYAN_IMAP_PORT', config.imapPort, config.roles.has('imap')],
    ['HONGYAN_IMAPS_PORT', config.imapsPort, config.roles.has('imap')],
    ['HONGYAN_POP3_PORT', config.pop3Port, config.roles.has('pop3')],
    ['HONGYAN_POP3S_PORT', config.pop3sPort, config.roles.has('pop3')],
    ['HONGYAN_SIEVE_PORT', config.sievePort, config.roles.has('imap')],
  ];
  const problems: Finding[] = [];
  let ours = 0;
  for (const [setting, port, wanted] of ports) {
    if (!wanted || port === undefined || port === 0) continue;
    const state = await probe(config.host, port);
    const params = { setting, port };
    if (state === 'taken' && running) ours++;
    else if (state === 'taken')
      problems.push(
        finding(
          'bad',
          '端口 {port}（{setting}）被其他程序占用。',
          'Port {port} ({setting}) is taken by another program.',
          params,
        ),
      );
    else if (state === 'forbidden')
      problems.push(
        finding(
          'bad',
          '没有权限使用端口 {port}（{setting}）。',
          'Port {port} ({setting}) may not be used by this user.',
          params,
        ),
      );
    else if (running)
      problems.push(
        finding(
          'bad',
          '产品正在运行，但没有监听端口 {port}（{setting}）。',
          'The product runs but does not listen on port {port} ({setting}).',
          params,
        ),
      );
  }
  if (problems.length > 0) return problems;
  return [
    running
      ? finding(
          'ok',
          '正在运行的产品监听了全部端口（{ours} 个）。',
          'The running product listens on all its {ours} ports.',
          { ours },
        )
      : finding('ok', '所需端口都空闲。', 'All ports that are needed are free.'),
  ];
}

function probe(host: string, port: number): Promise<'free' | 'taken' | 'forbidden' | 'unknown'> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : '';
      resolve(code === 'EADDRINUSE' ? 'taken' : code === 'EACCES' ? 'forbidden' : 'unknown');
    });
    server.listen(port, host, () => server.close(() => resolve('free')));
  });
}
