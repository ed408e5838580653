import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPictureLinks } from './picture-links.ts';
import { createPictureProxy } from './picture-proxy.ts';
import { isPublicAddress } from './public-address.ts';
import { sanitise } from './sanitise.ts';

const off = { inline: (id: string) => (id === 'a@b' ? '/part' : undefined), remote: undefined };
const on = { ...off, remote: (url: string) => `/proxy?${encodeURIComponent(url)}` };

describe('HTML of a stranger', () => {
  test('[SEC-1] scripts, handlers, forms, frames and dangerous links go', () => {
    const attacks = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '<svg onload=alert(1)><script>alert(1)</script></svg>',
      '<a href="javascript:alert(1)">x</a>',
      '<a href="jav&#x09;ascript:alert(1)">x</a>',
      '<iframe src="https://evil.example"></iframe>',
      '<form action="https://evil.example"><input name=password></form>',
      '<base href="https://evil.example"><meta http-equiv=refresh content="0;url=https://evil.example">',
      '<link rel=stylesheet href="https://evil.example/x.css">',
      '<object data="x"></object><embed src="x">',
      '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
      '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
      '<p style="background:url(javascript:alert(1))">x</p>',
      '<p style="width:expression(alert(1))">x</p>',
      '<p style="background:\\75rl(https://evil.example/x.png)">x</p>',
      '<style>@import "https://evil.example/x.css"; p{background:url(https://evil.example/y.png)}</style>',
      '<style>p{color:red}</style/><script>alert(1)</script></style>',
      '<img srcset="https://evil.example/x.png 2x">',
      '<video poster="https://evil.example/x.png"></video><audio src="https://evil.example/x"></audio>',
      '<body background="https://evil.example/x.png">',
      '<input type=image src="https://evil.example/x.png">',
    ];
    for (const attack of attacks) {
      const { body, css } = sanitise(`<p>before</p>${attack}<p>after</p>`, off);
      const all = `${body} ${css}`;
      expect(all, attack).not.toMatch(
        /<script|onerror|onload|javascript:|<iframe|<form|<input|<meta|<base|<link|<object|<embed|<svg|<math|evil\.example|expression|@import/i,
      );
      expect(body, attack).toContain('before');
    }
  });

  test('[MAIL-5] layout, colours and links of an ordinary mail stay', () => {
    const { body, blockedRemote } = sanitise(
      '<table bgcolor="#fff"><tr><td style="color:red;font-size:14px" align=center><a href="https://x.example/?a=1&b=2">去</a><font color="blue">蓝</font></td></tr></table>',
      off,
    );
    expect(body).toContain('style="color:red;font-size:14px"');
    expect(body).toContain(
      '<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">去</a>',
    );
    expect(blockedRemote).toBe(false);
  });

  test('[MAIL-5] pictures of the mail itself are shown, remote ones only when asked for', () => {
    const html =
      '<img src="cid:a@b"><img src="cid:none"><img src="http://far.example/p.png"><div style="background-image:url(\'https://far.example/q.png\')">x</div>';
    const blocked = sanitise(html, off);
    expect(blocked.body).toContain('<img src="/part" />');
    expect(blocked.body).not.toContain('far.example');
    expect(blocked.blockedRemote).toBe(true);
    const shown = sanitise(html, on);
    expect(shown.body).toContain('src="/proxy?http%3A%2F%2Ffar.example%2Fp.png"');
    expect(shown.body).toContain('/proxy?https%3A%2F%2Ffar.example%2Fq.png');
    expect(shown.blockedRemote).toBe(false);
  });
});

describe('the picture proxy', () => {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    if (request.url === '/redirect')
      response.writeHead(302, { location: 'http://inside.example/secret.png' }).end();
    else if (request.url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    else if (request.url === '/huge')
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '99999999' }).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end('PNG');
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) =>
      server
        .listen(8080, '127.0.0.1', resolve)
        .once('error', () => server.listen(8443, '127.0.0.1', resolve)),
    );
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('[SEC-1] internal addresses in every spelling are refused', async () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '192.168.1.1',
      '172.20.0.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
      'nonsense',
    ]) {
      expect(isPublicAddress(address), address).toBe(false);
    }
    expect(isPublicAddress('8.8.8.8')).toBe(true);
    expect(isPublicAddress('2400:3200::1')).toBe(true);
    const fetchPicture = createPictureProxy({ resolve: async () => ['8.8.8.8', '10.0.0.1'] });
    for (const url of [
      'http://127.0.0.1/x.png',
      'http://[::1]/x.png',
      'http://2130706433/x.png',
      'http://0x7f.1/x.png',
      'http://both.example/x.png',
      'ftp://a/x.png',
      'file:///etc/passwd',
      'http://u:p@8.8.8.8/x.png',
      'http://8.8.8.8:22/x',
    ]) {
      expect(await fetchPicture(url), url).toBeUndefined();
    }
    expect(hits).toEqual([]);
  });

  test('[SEC-1] fetches pictures only, of bounded size, and checks every redirect', async () => {
    const fetchPicture = createPictureProxy({
      resolve: async (host) => (host === 'inside.example' ? ['10.0.0.1'] : ['127.0.0.1']),
      allowed: (address) => address === '127.0.0.1',
    });
    const at = (path: string) => `http://pictures.example:${port}${path}`;
    expect(await fetchPicture(at('/ok.png'))).toEqual({ type: 'image/png', bytes: Buffer.from('PNG') });
    expect(await fetchPicture(at('/page'))).toBeUndefined();
    expect(await fetchPicture(at('/huge'))).toBeUndefined();
    expect(await fetchPicture(at('/redirect'))).toBeUndefined();
  });
});

test('[SEC-1] a picture link works only as it was made, and not for ever', () => {
  let now = Date.UTC(2026, 10, 23);
  const links = createPictureLinks(Buffer.alloc(32, 1), () => now);
  const query = (link: string) => Object.fromEntries(new URL(link, 'http://x').searchParams);
  const remote = query(links.remote('https://a.example/x.png'));
  expect(links.check(remote)).toEqual({ kind: 'remote', url: 'https://a.example/x.png' });
  expect(links.check({ ...remote, u: 'http://10.0.0.1/' })).toBeUndefined();
  expect(links.check(query(links.part('A1', 'P2-1')))).toEqual({
    kind: 'part',
    accountId: 'A1',
    blobId: 'P2-1',
  });
  expect(links.check({ ...query(links.part('A1', 'P2-1')), a: 'A2' })).toBeUndefined();
  expect(createPictureLinks(Buffer.alloc(32, 2), () => now).check(remote)).toBeUndefined();
  now += 14 * 3_600_000;
  expect(links.check(remote)).toBeUndefined();
});
