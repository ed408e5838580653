import type { MailRulesChange, MailRulesView } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';

/** The number behind a JMAP account id. */
export function numberOf(account: string): number {
  return Number(account.slice(1));
}

const keyOf = (account: number) => ['mail', 'rules', account];

export const useRules = (account: number) =>
  useQuery({
    queryKey: keyOf(account),
    queryFn: () => api.get<MailRulesView>(`/mail/accounts/${account}/rules`),
    // Somebody is typing into what was read: it is read again after saving only.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** Saves sections with the version that was read. */
export function useSaveRules(account: number, view: MailRulesView) {
  const client = useQueryClient();
  const { message } = App.useApp();
  const tc = useTexts(common);
  return useMutation({
    mutationFn: (change: Omit<MailRulesChange, 'version'>) =>
      api.put<MailRulesView>(`/mail/accounts/${account}/rules`, { ...change, version: view.version }),
    onSuccess: (saved) => {
      client.setQueryData(keyOf(account), saved);
      message.success(tc('saved'));
    },
    onError: (error) => void message.error(messageOf(error)),
  });
}

/** One entry a line, without empty lines and doubles. */
export function linesOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[\n,;，；]+/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  ];
}

export function isAddress(text: string): boolean {
  return /^[^\s@<>,;"()]+@[^\s@<>,;"()]+$/.test(text);
}
