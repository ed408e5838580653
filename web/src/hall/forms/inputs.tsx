import { DeleteOutlined, PaperClipOutlined, UploadOutlined } from '@ant-design/icons';
import type { NameCheck } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { App, Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { size } from '../../kit/time.ts';
import { texts } from './texts.ts';
import { type AttachmentRef, isSecretSet } from './values.ts';

interface InputProps {
  id: string;
  label: string;
  invalid: boolean;
}
const status = (invalid: boolean) => (invalid ? { status: 'error' as const } : {});

function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

/** A mailbox name, looked up while one types. */
export function MailboxName({
  id,
  label,
  invalid,
  value,
  onChange,
}: InputProps & { value: string; onChange: (value: string) => void }) {
  const t = useTexts(texts);
  const settled = useSettled(value.trim(), 350);
  const check = useQuery({
    queryKey: ['names', settled],
    queryFn: () => api.get<NameCheck>(`/names/${encodeURIComponent(settled)}`),
    enabled: settled !== '',
    staleTime: 5_000,
  });
  const current = settled === value.trim() && settled !== '';
  const taken = current && check.data?.available === false;
  return (
    <>
      <Input
        id={id}
        aria-label={label}
        {...status(invalid || taken)}
        value={value}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        onChange={(event) => onChange(event.target.value)}
      />
      {current && (
        <span className={taken ? 'field-problem' : 'field-good'} aria-live="polite">
          {check.isFetching && t('checking')}
          {!check.isFetching && check.data && (taken ? check.data.message : t('available'))}
        </span>
      )}
    </>
  );
}

/** What is set is never shown again; it can only be set anew. */
export function Secret({
  id,
  label,
  invalid,
  value,
  onChange,
}: InputProps & { value: unknown; onChange: (value: unknown) => void }) {
  const t = useTexts(texts);
  if (isSecretSet(value)) {
    return (
      <span className="secret-set">
        {t('secretSet')} ·{' '}
        <Button type="link" size="small" onClick={() => onChange('')}>
          {t('secretAgain')}
        </Button>
      </span>
    );
  }
  return (
    <Input.Password
      id={id}
      aria-label={label}
      {...status(invalid)}
      value={typeof value === 'string' ? value : ''}
      autoComplete="new-password"
      maxLength={200}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

export function Attachments({
  id,
  label,
  value,
  onChange,
}: InputProps & { value: AttachmentRef[]; onChange: (value: AttachmentRef[]) => void }) {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<string>();
  const send = async (files: FileList | null) => {
    let next = value;
    for (const file of files ?? []) {
      setBusy(file.name);
      const body = new FormData();
      body.set('file', file);
      try {
        const stored = await api.post<AttachmentRef>('/attachments', body);
        next = [...next, { id: stored.id, name: stored.name, size: stored.size }];
        onChange(next);
      } catch (error) {
        message.error(messageOf(error));
      }
    }
    setBusy(undefined);
    if (chooser.current) chooser.current.value = '';
  };
  return (
    <fieldset
      className="field-files"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void send(event.dataTransfer.files);
      }}
    >
      <FileList files={value} remove={(gone) => onChange(value.filter((file) => file.id !== gone))} />
      <input
        ref={chooser}
        id={id}
        aria-label={label}
        type="file"
        multiple
        className="hy-hidden"
        tabIndex={-1}
        onChange={(event) => void send(event.target.files)}
      />
      <Button icon={<UploadOutlined />} loading={busy !== undefined} onClick={() => chooser.current?.click()}>
        {busy ? t('uploading', { name: busy }) : t('dropHere')}
      </Button>
    </fieldset>
  );
}

export function FileList({ files, remove }: { files: AttachmentRef[]; remove?: (id: string) => void }) {
  const t = useTexts(texts);
  if (files.length === 0) return null;
  return (
    <ul className="file-list">
      {files.map((file) => (
        <li key={file.id}>
          <PaperClipOutlined />
          <a href={`/api/v1/attachments/${encodeURIComponent(file.id)}`} download={file.name}>
            {file.name}
          </a>
          <small>{size(file.size)}</small>
          {remove && (
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t('removeFile', { name: file.name })}
              onClick={() => remove(file.id)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
