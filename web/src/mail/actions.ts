import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { createElement } from 'react';
import { messageOf } from '../kit/api.ts';
import { useTexts } from '../kit/texts.ts';
import { checkSet, type Email, jmap, type Mailbox, type SetResult } from './jmap.ts';
import type { Row } from './queries.ts';
import { texts } from './texts.ts';

type Pages = InfiniteData<{ rows: Row[]; next: string | undefined }>;
type Patch = Record<string, unknown>;

/**
 * Mark, star, move and delete. The list changes at once; when the server refuses, it is asked again.
 */
export function useMailActions(account: string, mailboxes: Mailbox[]) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const byRole = (role: string) => mailboxes.find((mailbox) => mailbox.role === role);

  const refresh = () => client.invalidateQueries({ queryKey: ['mail', account] });

  const update = async (ids: string[], patch: Patch): Promise<boolean> => {
    try {
      const [[, result]] = await jmap<[SetResult]>([
        ['Email/set', { accountId: account, update: Object.fromEntries(ids.map((id) => [id, patch])) }, 'u'],
      ]);
      checkSet(result);
      return true;
    } catch (error) {
      message.error(messageOf(error));
      return false;
    } finally {
      void refresh();
      void client.invalidateQueries({ queryKey: ['counts'] });
    }
  };

  const change = (rows: (row: Row) => Row | undefined) => {
    client.setQueriesData<Pages>(
      { queryKey: ['mail', account, 'list'] },
      (old) =>
        old && {
          ...old,
          pages: old.pages.map((page) => ({ ...page, rows: page.rows.flatMap((row) => rows(row) ?? []) })),
        },
    );
  };

  const setKeyword = (ids: string[], keyword: '$seen' | '$flagged', on: boolean) => {
    const set = new Set(ids);
    const keywords = (before: Record<string, boolean>) =>
      Object.fromEntries([
        ...Object.entries(before).filter(([name]) => name !== keyword),
        ...(on ? [[keyword, true]] : []),
      ]);
    change((row) => (set.has(row.id) ? { ...row, keywords: keywords(row.keywords) } : row));
    client.setQueriesData<Email[]>({ queryKey: ['mail', account, 'conversation'] }, (old) =>
      old?.map((email) => (set.has(email.id) ? { ...email, keywords: keywords(email.keywords) } : email)),
    );
    return update(ids, { [`keywords/${keyword}`]: on ? true : null });
  };

  const moveQuietly = (ids: string[], to: Mailbox) => {
    const set = new Set(ids);
    change((row) => (set.has(row.id) ? undefined : row));
    return update(ids, { mailboxIds: { [to.id]: true } });
  };

  const move = async (ids: string[], to: Mailbox, from: Mailbox | undefined, label: string) => {
    if (!(await moveQuietly(ids, to))) return;
    const key = `moved-${ids.join()}`;
    const undo = () => {
      message.destroy(key);
      if (from) void update(ids, { mailboxIds: { [from.id]: true } });
    };
    message.success({
      key,
      duration: 6,
      content: createElement(
        'span',
        null,
        label,
        from && createElement(Button, { type: 'link', size: 'small', onClick: undo }, t('undo')),
      ),
    });
  };

  const destroy = (ids: string[]) =>
    modal.confirm({
      title: t('deleteForeverAsk'),
      content: t('deleteForeverMore'),
      okText: t('deleteForever'),
      okButtonProps: { danger: true },
      onOk: async () => {
        const set = new Set(ids);
        change((row) => (set.has(row.id) ? undefined : row));
        try {
          const [[, result]] = await jmap<[SetResult]>([
            ['Email/set', { accountId: account, destroy: ids }, 'd'],
          ]);
          checkSet(result);
        } catch (error) {
          message.error(messageOf(error));
        }
        void refresh();
      },
    });

  return {
    markRead: (ids: string[], on: boolean) => setKeyword(ids, '$seen', on),
    star: (ids: string[], on: boolean) => setKeyword(ids, '$flagged', on),
    move: (ids: string[], to: Mailbox, from: Mailbox | undefined, name: string) =>
      move(ids, to, from, t('moved', { folder: name })),
    /** To the folder of deleted mail; from there, for good and only when asked. */
    remove: (ids: string[], from: Mailbox | undefined) => {
      const trash = byRole('trash');
      if (!trash || from?.role === 'trash') destroy(ids);
      else void move(ids, trash, from, t('deleted'));
    },
  };
}
export type MailActions = ReturnType<typeof useMailActions>;
