import { CloseOutlined, PaperClipOutlined } from '@ant-design/icons';
import { Button, Progress } from 'antd';
import { useTexts } from '../../kit/texts.ts';
import { size } from '../../kit/time.ts';
import { texts } from '../texts.ts';
import type { DraftFile } from './draft.ts';

export function ComposeFiles({ files, remove }: { files: DraftFile[]; remove: (key: string) => void }) {
  const t = useTexts(texts);
  if (files.length === 0) return null;
  return (
    <ul className="compose-files">
      {files.map((file) => (
        <li key={file.key}>
          <PaperClipOutlined />
          <span>{file.name}</span>
          <small>{size(file.size)}</small>
          {file.progress !== undefined && (
            <Progress
              percent={Math.round(file.progress * 100)}
              size="small"
              showInfo={false}
              aria-label={file.name}
            />
          )}
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t('remove', { name: file.name })}
            onClick={() => remove(file.key)}
          />
        </li>
      ))}
    </ul>
  );
}
