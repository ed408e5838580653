import { App } from 'antd';
import { messageOf } from '../../kit/api.ts';
import { upload } from '../jmap.ts';
import type { DraftFile } from './draft.ts';

/** Files go up at once, each with its own progress. */
export function useUploads(
  accountId: string,
  setFiles: (change: (before: DraftFile[]) => DraftFile[]) => void,
) {
  const { message } = App.useApp();
  const remove = (key: string) => setFiles((before) => before.filter((file) => file.key !== key));
  const change = (key: string, part: Partial<DraftFile>) =>
    setFiles((before) => before.map((file) => (file.key === key ? { ...file, ...part } : file)));

  const attach = (list: FileList) => {
    for (const file of list) {
      const key = crypto.randomUUID();
      setFiles((before) => [
        ...before,
        { key, name: file.name, type: file.type || 'application/octet-stream', size: file.size, progress: 0 },
      ]);
      upload(accountId, file, (share) => change(key, { progress: share }))
        .then(({ blobId }) =>
          setFiles((before) =>
            before.map((one) => {
              if (one.key !== key) return one;
              const { progress: _, ...done } = one;
              return { ...done, blobId };
            }),
          ),
        )
        .catch((error) => {
          remove(key);
          message.error(`${file.name} · ${messageOf(error)}`);
        });
    }
  };
  return { attach, remove };
}
