import Type, { type Static } from 'typebox';
import { Closed, NumericId, Text } from './common.ts';

export const DeletedMailQuery = Closed({
  search: Type.Optional(Text(100)),
  /** Rows to skip. */
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
});

export const DeletedMail = Type.Object({
  id: NumericId,
  subject: Type.String(),
  from: Type.String(),
  size: Type.Integer(),
  receivedAt: Type.String(),
  deletedAt: Type.String(),
  /** Where it goes back to; absent = the inbox. */
  folder: Type.Optional(Type.String()),
});
export type DeletedMail = Static<typeof DeletedMail>;

export const DeletedMailPage = Type.Object({
  items: Type.Array(DeletedMail),
  more: Type.Boolean(),
  /** Days that deleted mail is kept. */
  days: Type.Integer(),
});
export type DeletedMailPage = Static<typeof DeletedMailPage>;

export const RestoreMail = Closed({ ids: Type.Array(NumericId, { minItems: 1, maxItems: 500 }) });
export const RestoredMail = Type.Object({ restored: Type.Integer() });
export type RestoredMail = Static<typeof RestoredMail>;
