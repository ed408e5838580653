import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { Closed, Uuid } from '@hongyan/contract';
import Type from 'typebox';
import { isInstitutionWide } from '../directory/index.ts';
import { newId } from '../kit/crypto/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import { findAttachment, insertAttachment } from './applications/applications.store.ts';
import type { HallContext } from './hall.context.ts';
import { hallErrors } from './hall.errors.ts';

/** What offices exchange; programs and pages that run scripts are left out. */
const TYPES = new Map([
  ['.pdf', 'application/pdf'],
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.doc', 'application/msword'],
  ['.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['.xls', 'application/vnd.ms-excel'],
  ['.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['.ppt', 'application/vnd.ms-powerpoint'],
  ['.pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['.zip', 'application/zip'],
  ['.rar', 'application/vnd.rar'],
  ['.txt', 'text/plain; charset=utf-8'],
]);

const Uploaded = Type.Object({ id: Uuid, name: Type.String(), size: Type.Integer() });

export function attachmentRoutes(http: Routes, { db, blobs, clock, directory, workflow }: HallContext): void {
  http.post('/api/v1/attachments', { schema: { response: { 200: Uploaded } } }, async (request) => {
    const actor = requireActor(request);
    if (!request.isMultipart()) throw hallErrors.attachment_missing({}, { field: 'file' });
    const file = await request.file();
    if (!file) throw hallErrors.attachment_missing({}, { field: 'file' });
    const name = basename(file.filename.replaceAll('\\', '/')).replaceAll('\0', '').slice(0, 200);
    const extension = /\.[a-z0-9]+$/i.exec(name)?.[0].toLowerCase() ?? '';
    const mediaType = TYPES.get(extension);
    if (mediaType === undefined) throw hallErrors.attachment_type({}, { field: 'file' });
    const { hash, size } = await blobs.put(file.file);
    if (file.file.truncated) throw commonErrors.too_large({}, { field: 'file' });
    const id = newId(clock.ms());
    await insertAttachment(db, {
      id,
      ownerId: actor.accountId,
      name,
      mediaType,
      size,
      blob: hash.toString('hex'),
      now: clock.now(),
    });
    return { id, name, size };
  });

  http.get(
    '/api/v1/attachments/:id',
    { schema: { params: Closed({ id: Uuid }) } },
    async (request, reply) => {
      const actor = requireActor(request);
      const row = await findAttachment(db, request.params.id);
      if (!row) throw commonErrors.not_found();
      const may =
        row.owner_id === actor.accountId ||
        (row.application_id !== null &&
          (await workflow.isInvolved(db, row.application_id, actor.accountId))) ||
        isInstitutionWide(await directory.authority(actor));
      if (!may) throw commonErrors.forbidden();
      return reply
        .type(row.media_type)
        .header('content-length', row.size)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(row.name)}`)
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(Readable.from(blobs.open(Buffer.from(row.blob, 'hex'))));
    },
  );
}
