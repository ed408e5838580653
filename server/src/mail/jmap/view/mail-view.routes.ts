import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { commonErrors } from '../../../kit/errors/index.ts';
import { type Routes, requireActor } from '../../../kit/http/index.ts';
import { openBlob } from '../blobs.ts';
import { accountsOf, type JmapDeps } from '../context.ts';
import * as ids from '../ids.ts';
import { sourceOf } from '../source.ts';
import { mailDocument } from './document.ts';
import { createPictureLinks } from './picture-links.ts';
import { createPictureProxy, type PictureProxyOptions } from './picture-proxy.ts';

export interface MailViewOptions extends Pick<JmapDeps, 'db' | 'store' | 'addressBook' | 'blobs' | 'clock'> {
  /** 32 octets that sign picture links, the same in every process. */
  pictureKey: Buffer;
  /** Public origin. */
  origin: () => string;
  pictures?: PictureProxyOptions;
}

const POLICY =
  "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
/** Raster pictures only, whatever the mail claims. */
const SHOWN = /^image\/(png|jpeg|jpg|pjpeg|gif|webp|bmp|avif|x-icon)$/;

/** Safe HTML of a mail for the web (`/mail-view`), and the pictures in it (`/mail-picture`). */
export function mailViewRoutes(routes: Routes, options: MailViewOptions): void {
  const links = createPictureLinks(options.pictureKey, () => options.clock.ms());
  const fetchPicture = createPictureProxy(options.pictures);

  routes.get<{
    Params: { accountId: string; emailId: string };
    Querystring: { remote?: string; format?: string };
  }>('/mail-view/:accountId/:emailId', { schema: { hide: true } }, async (request, reply) => {
    const actor = requireActor(request);
    const account = (await accountsOf(options, actor.accountId)).find(
      ({ id }) => id === request.params.accountId,
    );
    const messageId = ids.readEmailId(request.params.emailId);
    const [email] =
      account && messageId ? await options.store.emails(options.db, account.scope, [messageId]) : [];
    if (!account || !email) throw commonErrors.not_found();
    const document = await mailDocument(email, sourceOf(options, account, email), {
      origin: options.origin(),
      partUrl: (path) =>
        options.origin() +
        links.part(account.id, ids.blobIdText({ kind: 'part', messageId: email.messageId, path: [...path] })),
      remoteUrl: request.query.remote === '1' ? (url) => options.origin() + links.remote(url) : undefined,
    });
    void reply
      .header('cache-control', 'private, no-store')
      .header('x-blocked-remote', document.blockedRemote ? '1' : '0');
    if (request.query.format === 'json') return document;
    void reply
      .header('content-security-policy', POLICY)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8');
    return reply.send(document.html);
  });

  routes.get<{ Querystring: { a?: string; b?: string; u?: string; t?: string; k?: string } }>(
    '/mail-picture',
    { schema: { hide: true } },
    async (request, reply) => {
      const target = links.check(request.query);
      if (!target) throw commonErrors.not_found();
      if (target.kind === 'remote') {
        const picture = await fetchPicture(target.url);
        if (!picture) throw commonErrors.not_found();
        return headers(reply, picture.type).send(picture.bytes);
      }
      const accountId = ids.readAccountId(target.accountId);
      if (accountId === undefined) throw commonErrors.not_found();
      // The link was made for somebody who may read the mail; as whom it is opened does not matter for its octets.
      const blob = await openBlob(options, { accountId, readerId: accountId }, target.blobId);
      if (!blob || !SHOWN.test(blob.type)) throw commonErrors.not_found();
      return headers(reply, blob.type).send(Readable.from(blob.read(), { objectMode: false }));
    },
  );
}

function headers(reply: FastifyReply, type: string): FastifyReply {
  return (
    reply
      .header('content-type', type)
      .header('content-security-policy', "default-src 'none'; sandbox")
      // The frame that shows the mail is of no origin, so same-origin would shut it out.
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', 'private, max-age=86400, immutable')
  );
}
