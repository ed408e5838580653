import { Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { Area } from '../kit/area.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { texts } from './texts.ts';

interface DialogProps {
  comment: string;
  busy: boolean;
  close: () => void;
}

function Reason({
  value,
  missing,
  onChange,
}: {
  value: string;
  missing: boolean;
  onChange: (value: string) => void;
}) {
  const t = useTexts(texts);
  return (
    <div className="field">
      <label className="field-label" htmlFor="decision-reason">
        {t('reason')}
        <span className="field-required" aria-hidden="true">
          *
        </span>
      </label>
      <Area
        id="decision-reason"
        autoFocus
        rows={4}
        maxLength={1000}
        {...(missing && { status: 'error' as const })}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {missing && <span className="field-problem">{t('commentNeeded')}</span>}
    </div>
  );
}

export function RejectDialog({
  comment,
  busy,
  close,
  send,
}: DialogProps & { send: (reason: string) => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const [reason, setReason] = useState(comment);
  const [tried, setTried] = useState(false);
  return (
    <Modal
      open
      title={t('rejectTitle')}
      okText={t('reject')}
      cancelText={tc('cancel')}
      okButtonProps={{ danger: true, loading: busy }}
      onCancel={close}
      onOk={() => {
        setTried(true);
        if (reason.trim()) send(reason.trim());
      }}
    >
      <p className="quiet">{t('rejectMore')}</p>
      <Reason value={reason} missing={tried && !reason.trim()} onChange={setReason} />
    </Modal>
  );
}

type Resume = 'in_order' | 'straight_back';

export function ReturnDialog({
  nodes,
  comment,
  busy,
  close,
  send,
}: DialogProps & {
  nodes: { node: string; name: string }[];
  send: (to: string, resume: Resume, reason: string) => void;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const [to, setTo] = useState(nodes[0]?.node ?? '');
  const [resume, setResume] = useState<Resume>('in_order');
  const [reason, setReason] = useState(comment);
  const [tried, setTried] = useState(false);
  return (
    <Modal
      open
      title={t('returnTitle')}
      okText={t('return')}
      cancelText={tc('cancel')}
      okButtonProps={{ loading: busy }}
      onCancel={close}
      onOk={() => {
        setTried(true);
        if (reason.trim() && to) send(to, resume, reason.trim());
      }}
    >
      <div className="field">
        <label className="field-label" htmlFor="return-to">
          {t('returnTo')}
        </label>
        <Select
          id="return-to"
          value={to}
          onChange={setTo}
          options={nodes.map((node) => ({ value: node.node, label: node.name }))}
        />
      </div>
      <div className="field">
        <span className="field-label">{t('resume')}</span>
        <Radio.Group
          value={resume}
          onChange={(event) => setResume(event.target.value)}
          options={[
            { value: 'in_order', label: t('inOrder') },
            { value: 'straight_back', label: t('straight') },
          ]}
        />
      </div>
      <Reason value={reason} missing={tried && !reason.trim()} onChange={setReason} />
    </Modal>
  );
}
