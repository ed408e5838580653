import type { SieveScriptContent, SieveScriptInfo, SieveVerdict } from '@hongyan/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Input } from 'antd';
import { useId, useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { Area } from '../../kit/area.tsx';
import { usePhone } from '../../kit/screen.ts';
import { Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { settingsTexts } from './texts.ts';

interface Props {
  path: string;
  script: SieveScriptInfo | undefined;
  mayChange: boolean;
  close(): void;
  saved(): void;
}

const FIRST = 'require ["fileinto"];\n\n';

export function ScriptEditor({ path, script, ...props }: Props) {
  const t = useTexts(settingsTexts);
  const phone = usePhone();
  const content = useQuery({
    queryKey: ['mail', 'script', path, script?.id],
    gcTime: 0,
    queryFn: () =>
      script
        ? api.get<SieveScriptContent>(`${path}/${script.id}`)
        : Promise.resolve({ name: '', content: FIRST }),
  });
  return (
    <Drawer open size={phone ? '100%' : 720} title={script?.name ?? t('addScript')} onClose={props.close}>
      <Loaded query={content}>
        {(data) => <Editor path={path} script={script} initial={data} {...props} />}
      </Loaded>
    </Drawer>
  );
}

function Editor({
  path,
  script,
  initial,
  mayChange,
  saved,
}: Props & { initial: Pick<SieveScriptContent, 'name' | 'content'> }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const id = useId();
  const { message } = App.useApp();
  const [name, setName] = useState(initial.name);
  const [content, setContent] = useState(initial.content);
  const check = useMutation({
    mutationFn: () => api.post<SieveVerdict>('/mail/script-check', { content }),
    onError: (error) => void message.error(messageOf(error)),
  });
  const save = useMutation({
    mutationFn: () =>
      script ? api.patch(`${path}/${script.id}`, { name, content }) : api.post(path, { name, content }),
    onSuccess: () => {
      message.success(tc('saved'));
      saved();
    },
    onError: (error) => void message.error(messageOf(error)),
  });
  /** An error in the script is shown where it is, and not stored. */
  const submit = async () => {
    const verdict = await check.mutateAsync();
    if (verdict.ok) save.mutate();
    else reveal(verdict.line);
  };
  const reveal = (line = 1) => {
    const box = document.getElementById(`${id}-text`);
    if (!(box instanceof HTMLTextAreaElement)) return;
    const lines = content.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    box.focus();
    box.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  const verdict = check.data;
  return (
    <div className="own-form own-script">
      <div className="own-field">
        <label htmlFor={`${id}-name`}>{t('scriptName')}</label>
        <Input
          id={`${id}-name`}
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <div className="own-field">
        <label htmlFor={`${id}-text`}>{t('scriptText')}</label>
        <Area
          id={`${id}-text`}
          rows={16}
          spellCheck={false}
          value={content}
          onChange={(event) => {
            setContent(event.target.value);
            check.reset();
          }}
        />
      </div>
      <div aria-live="polite">
        {verdict?.ok && <Alert type="success" showIcon title={t('checkGood')} />}
        {verdict && !verdict.ok && (
          <Alert
            type="error"
            showIcon
            title={t('lineWrong', { line: verdict.line ?? 1 })}
            description={<small lang="en">{verdict.message}</small>}
          />
        )}
      </div>
      <div className="own-switch">
        <Button
          type="primary"
          loading={save.isPending}
          disabled={!mayChange || name.trim() === ''}
          onClick={() => void submit()}
        >
          {tc('save')}
        </Button>
        <Button
          loading={check.isPending}
          onClick={() => check.mutate(undefined, { onSuccess: (found) => !found.ok && reveal(found.line) })}
        >
          {t('check')}
        </Button>
      </div>
    </div>
  );
}
