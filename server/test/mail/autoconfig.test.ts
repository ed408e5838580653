import { spawnSync } from 'node:child_process';
import type { ClientServers } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
}, 120_000);
afterAll(() => test.close());

/** Python's parser decides whether it is XML. */
function parse(text: string): string {
  const script =
    'import sys,xml.etree.ElementTree as e\nfor x in e.fromstring(sys.stdin.buffer.read()).iter(): print(x.tag.split("}")[-1], (x.text or "").strip(), " ".join(x.attrib.values()))';
  const result = spawnSync('python3', ['-c', script], { input: text, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  return result.stdout;
}

const ask = (url: string, method: 'GET' | 'POST' = 'GET', payload?: string) =>
  test.app.http.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload, headers: { 'content-type': 'text/xml' } }),
  });

describe('client set-up', () => {
  it('[ADM-13] tells people the servers and ports that really listen, TLS first', async () => {
    const { body } = await (await test.as('zhangwei')).get<ClientServers>('/mail/client-servers');
    expect(body.address).toBe('zhangwei@beichen.test');
    const kinds = body.servers.map((server) => `${server.kind} ${server.security}`);
    expect(kinds.slice(0, 2)).toEqual(['imap tls', 'imap starttls']);
    expect(body.servers.every((server) => server.port > 0 && server.host === 'localhost')).toBe(true);
    expect((await test.stranger.get('/mail/client-servers')).status).toBe(401);
  });

  it('[ADM-13] Thunderbird finds its configuration, with an address in the query and without', async () => {
    for (const path of [
      '/mail/config-v1.1.xml',
      '/mail/config-v1.1.xml?emailaddress=zhangwei@beichen.test',
      '/.well-known/autoconfig/mail/config-v1.1.xml',
    ]) {
      const { statusCode, payload } = await ask(path);
      expect(statusCode).toBe(200);
      const text = parse(payload);
      expect(text).toContain('domain beichen.test');
      expect(text).toContain('username %EMAILADDRESS%');
      expect(text).toMatch(/incomingServer\s+imap/);
      expect(text).toMatch(/outgoingServer\s+smtp/);
      expect(text).toContain('leaveMessagesOnServer true');
    }
  });

  it('[ADM-13] Outlook finds its configuration under every spelling, and nothing odd gets into the answer', async () => {
    const request = (address: string) =>
      `<?xml version="1.0"?><Autodiscover xmlns="x"><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`;
    for (const path of ['/autodiscover/autodiscover.xml', '/Autodiscover/Autodiscover.xml']) {
      const { payload, statusCode } = await ask(path, 'POST', request('zhangwei@beichen.test'));
      expect(statusCode).toBe(200);
      expect(parse(payload)).toContain('LoginName zhangwei@beichen.test');
      expect(parse((await ask(path)).payload)).toContain('Type IMAP');
    }
    const hostile = await ask('/autodiscover/autodiscover.xml', 'POST', request(`"&<!--${'x'.repeat(50)}`));
    expect(hostile.statusCode).toBe(200);
    parse(hostile.payload);
    const { payload } = await ask(
      '/autodiscover/autodiscover.json?Protocol=AutodiscoverV1&Email=x@beichen.test',
    );
    expect(JSON.parse(payload)).toMatchObject({ Protocol: 'AutodiscoverV1' });
  });

  it('[ADM-13] an iPhone gets a profile without a password in it', async () => {
    const zhang = await test.as('zhangwei');
    const { raw } = await zhang.get('/mail/mobileconfig');
    expect(raw.headers['content-type']).toContain('application/x-apple-aspen-config');
    const text = parse(raw.payload);
    expect(text).toContain('string zhangwei@beichen.test');
    expect(text).not.toMatch(/key IncomingPassword/);
    expect((await test.stranger.get('/mail/mobileconfig')).status).toBe(401);
  });

  it('[ADM-13] ports as seen from outside, and 994 for old clients, are a setting', async () => {
    const chen = await test.as('chenjing');
    const { status } = await chen.put('/console/mail-settings/clients', {
      host: 'mail.beichen.test',
      secondHost: '',
      imapsPort: 993,
      imapPort: 143,
      pop3sPort: 995,
      pop3Port: 110,
      submissionsPort: 465,
      submissionPort: 587,
      legacySmtpsPort: 994,
      sievePort: 0,
    });
    expect(status).toBe(200);
    const { body } = await (await test.as('zhangwei')).get<ClientServers>('/mail/client-servers');
    expect(body.servers.map((server) => server.port)).toEqual(expect.arrayContaining([993, 995, 465, 994]));
    expect(body.servers[0]).toEqual({ kind: 'imap', host: 'mail.beichen.test', port: 993, security: 'tls' });
  });
});
