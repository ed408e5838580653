import { CloseOutlined, DeleteOutlined, MinusOutlined, PaperClipOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Select } from 'antd';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { friendlyTime } from '../../kit/time.ts';
import { MailFrame } from '../mail-frame.tsx';
import { texts } from '../texts.ts';
import type { Draft, Sender } from './draft.ts';
import { Editor } from './editor.tsx';
import { ComposeFiles } from './files.tsx';
import { Recipients } from './recipients.tsx';
import { discardDraft, sendDraft } from './send.ts';
import { useAutosave } from './use-autosave.ts';
import { useUploads } from './use-uploads.ts';
import './compose.css';

/** A window at the bottom right, a full page on phones. */
export function Compose({
  initial,
  senders,
  close,
}: {
  initial: Draft;
  senders: Sender[];
  close: () => void;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [draft, setDraft] = useState(initial);
  const [touched, setTouched] = useState(false);
  const [small, setSmall] = useState(false);
  const [copies, setCopies] = useState(initial.cc.length > 0 || initial.bcc.length > 0);
  const [sending, setSending] = useState(false);
  const [quoted, setQuoted] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const save = useAutosave(draft, touched && !sending);
  const edit = (change: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...change }));
    setTouched(true);
  };
  const { attach, remove } = useUploads(draft.sender.accountId, (files) => {
    setDraft((before) => ({ ...before, files: files(before.files) }));
    setTouched(true);
  });
  const waiting = draft.files.some((file) => !file.blobId);

  const refresh = () => void client.invalidateQueries({ queryKey: ['mail'] });
  const send = async () => {
    setSending(true);
    try {
      const stored = await save.settle();
      await sendDraft(stored ? { ...draft, stored } : draft);
      message.success(t('sentDone'));
      refresh();
      close();
    } catch (error) {
      message.error(messageOf(error));
      setSending(false);
    }
  };
  const wantSend = () => {
    if (draft.to.length + draft.cc.length + draft.bcc.length === 0) {
      message.warning(t('noRecipients'));
    } else if (waiting) message.warning(t('uploading'));
    else if (!draft.subject.trim()) {
      modal.confirm({
        title: t('noSubjectAsk'),
        okText: t('send'),
        cancelText: tc('cancel'),
        onOk: send,
      });
    } else void send();
  };
  const discard = async () => {
    setSending(true);
    const stored = await save.settle();
    if (stored) await discardDraft(stored).catch(() => undefined);
    if (stored) message.info(t('discarded'));
    refresh();
    close();
  };
  const leave = async () => {
    await save.now();
    refresh();
    close();
  };
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (save.pending) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [save.pending]);

  const dropFiles = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    attach(event.dataTransfer.files);
  };
  return (
    <section
      className="compose"
      data-small={small || undefined}
      aria-label={t('newMail')}
      onDragOver={(event) => event.preventDefault()}
      onDrop={dropFiles}
      onPaste={(event) => {
        if (event.clipboardData.files.length > 0) attach(event.clipboardData.files);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) wantSend();
      }}
    >
      <header className="compose-head">
        <button type="button" onClick={() => setSmall(!small)}>
          {draft.subject || t('newMail')}
        </button>
        <Button
          type="text"
          size="small"
          className="compose-small"
          icon={<MinusOutlined />}
          aria-label={t(small ? 'restore' : 'minimise')}
          onClick={() => setSmall(!small)}
        />
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={tc('close')}
          onClick={() => void leave()}
        />
      </header>
      <div className="compose-body" hidden={small}>
        {senders.length > 1 && (
          <div className="compose-line">
            <label htmlFor="compose-from">{t('from')}</label>
            <Select
              id="compose-from"
              variant="borderless"
              value={`${draft.sender.accountId} ${draft.sender.id}`}
              options={senders.map((one) => ({
                value: `${one.accountId} ${one.id}`,
                label: one.name ? `${one.name} <${one.email}>` : one.email,
              }))}
              onChange={(value) => {
                const sender = senders.find((one) => `${one.accountId} ${one.id}` === value);
                if (sender) edit({ sender });
              }}
            />
          </div>
        )}
        <div className="compose-line">
          <label htmlFor="compose-to">{t('to')}</label>
          <Recipients
            id="compose-to"
            label={t('to')}
            autoFocus={initial.to.length === 0}
            value={draft.to}
            onChange={(to) => edit({ to })}
          />
          {!copies && (
            <Button type="link" size="small" onClick={() => setCopies(true)}>
              {t('cc')}/{t('bcc')}
            </Button>
          )}
        </div>
        {copies &&
          (['cc', 'bcc'] as const).map((field) => (
            <div className="compose-line" key={field}>
              <label htmlFor={`compose-${field}`}>{t(field)}</label>
              <Recipients
                id={`compose-${field}`}
                label={t(field)}
                value={draft[field]}
                onChange={(value) => edit({ [field]: value })}
              />
            </div>
          ))}
        <div className="compose-line">
          <label htmlFor="compose-subject">{t('subject')}</label>
          <Input
            id="compose-subject"
            variant="borderless"
            maxLength={500}
            value={draft.subject}
            onChange={(event) => edit({ subject: event.target.value })}
          />
        </div>
        <Editor initial={initial.html} focus={initial.to.length > 0} onChange={(html) => edit({ html })} />
        {draft.quote && (
          <div className="compose-quote">
            <Button type="link" size="small" onClick={() => setQuoted(!quoted)}>
              {t(quoted ? 'quoteHide' : 'quoteShow')}
            </Button>
            <Button type="link" size="small" onClick={() => edit({ quote: '' })}>
              {t('quoteDrop')}
            </Button>
            {quoted && draft.answered && (
              <MailFrame
                account={draft.answered.accountId}
                emailId={draft.answered.emailId}
                pictures={false}
              />
            )}
          </div>
        )}
        <ComposeFiles files={draft.files} remove={remove} />
      </div>
      <footer className="compose-foot" hidden={small}>
        <Button type="primary" loading={sending} onClick={wantSend}>
          {t('send')}
        </Button>
        <input
          ref={chooser}
          type="file"
          multiple
          className="hy-hidden"
          tabIndex={-1}
          aria-label={t('attach')}
          onChange={(event) => {
            if (event.target.files) attach(event.target.files);
            event.target.value = '';
          }}
        />
        <Button
          type="text"
          icon={<PaperClipOutlined />}
          aria-label={t('attach')}
          onClick={() => chooser.current?.click()}
        />
        <span className="compose-state" aria-live="polite">
          {save.state === 'saving' && t('draftSaving')}
          {save.state === 'failed' && t('draftFailed')}
          {save.state === 'saved' && save.at && t('draftSaved', { time: friendlyTime(save.at) })}
        </span>
        <Button
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t('discard')}
          onClick={() => void discard()}
        />
      </footer>
    </section>
  );
}
