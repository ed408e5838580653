import { PlusOutlined } from '@ant-design/icons';
import type { MailRulesView, SieveScriptInfo, SieveScriptList } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Tag } from 'antd';
import { useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { Empty, Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { ScriptEditor } from './script-editor.tsx';
import { settingsTexts } from './texts.ts';

export function Scripts({ account, view }: { account: number; view: MailRulesView }) {
  const t = useTexts(settingsTexts);
  const tc = useTexts(common);
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const path = `/mail/accounts/${account}/scripts`;
  const queryKey = ['mail', 'scripts', account];
  const scripts = useQuery({ queryKey, queryFn: () => api.get<SieveScriptList>(path) });
  /** The script that is edited; 'new' is one without a number yet. */
  const [edited, setEdited] = useState<SieveScriptInfo | 'new'>();
  const refresh = () => void client.invalidateQueries({ queryKey });
  const change = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: refresh,
    onError: (error) => void message.error(messageOf(error)),
  });
  const off = !view.mayChange || change.isPending;
  const add = (
    <Button icon={<PlusOutlined />} disabled={off} onClick={() => setEdited('new')}>
      {t('addScript')}
    </Button>
  );
  return (
    <section className="card own-form">
      <p className="quiet">{t('scriptsAbout')}</p>
      <Loaded query={scripts} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noScripts')} more={t('noScriptsMore')} action={add} />
          ) : (
            <>
              <ul className="own-list">
                {items.map((script) => (
                  <li key={script.id}>
                    <div className="own-list-text">
                      <strong>
                        {script.name} {script.active && <Tag color="success">{t('active')}</Tag>}
                      </strong>
                    </div>
                    <div className="own-list-tools">
                      <Button
                        type="text"
                        disabled={off}
                        onClick={() =>
                          change.mutate(() => api.patch(`${path}/${script.id}`, { active: !script.active }))
                        }
                      >
                        {t(script.active ? 'deactivate' : 'activate')}
                      </Button>
                      <Button type="text" onClick={() => setEdited(script)}>
                        {tc('edit')}
                      </Button>
                      <Button
                        type="text"
                        danger
                        disabled={off || script.active}
                        onClick={() =>
                          void modal.confirm({
                            title: t('removeAsk', { name: script.name }),
                            okText: tc('remove'),
                            cancelText: tc('cancel'),
                            okButtonProps: { danger: true },
                            onOk: () => change.mutate(() => api.delete(`${path}/${script.id}`)),
                          })
                        }
                      >
                        {tc('remove')}
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
              <div>{add}</div>
            </>
          )
        }
      </Loaded>
      {edited !== undefined && (
        <ScriptEditor
          path={path}
          script={edited === 'new' ? undefined : edited}
          mayChange={view.mayChange}
          close={() => setEdited(undefined)}
          saved={() => {
            setEdited(undefined);
            refresh();
          }}
        />
      )}
    </section>
  );
}
