import { DownloadOutlined } from '@ant-design/icons';
import type { ClientServer, ClientServers } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button, Collapse } from 'antd';
import { api } from '../../kit/api.ts';
import { Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { clientTexts } from './client-texts.ts';
import './clients.css';

const GUIDES = ['outlook', 'foxmail', 'apple', 'thunderbird', 'android', 'iphone'] as const;

/** 客户端设置: this server's names and ports, and how to type them into each client. */
export function Clients() {
  const t = useTexts(clientTexts);
  const servers = useQuery({
    queryKey: ['mail', 'client-servers'],
    queryFn: () => api.get<ClientServers>('/mail/client-servers'),
  });
  return (
    <Loaded query={servers} rows={6}>
      {(data) => (
        <div className="own-form">
          <p>{t('about')}</p>
          <dl className="client-facts">
            <div>
              <dt>{t('address')}</dt>
              <dd>{data.address}</dd>
            </div>
            <div>
              <dt>{t('password')}</dt>
              <dd>{t('passwordIs')}</dd>
            </div>
          </dl>
          <ServerTable servers={data.servers} />
          <p className="quiet">{t('popHint')}</p>
          <h2>{t('guides')}</h2>
          <Collapse
            items={GUIDES.map((key) => ({
              key,
              label: t(key),
              children: (
                <>
                  <p>{t(`${key}Steps`)}</p>
                  {(key === 'apple' || key === 'iphone') && (
                    <Button icon={<DownloadOutlined />} href="/api/v1/mail/mobileconfig">
                      {t('profile')}
                    </Button>
                  )}
                </>
              ),
            }))}
          />
        </div>
      )}
    </Loaded>
  );
}

function ServerTable({ servers }: { servers: readonly ClientServer[] }) {
  const t = useTexts(clientTexts);
  return (
    <div className="client-table">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('kind')}</th>
            <th scope="col">{t('server')}</th>
            <th scope="col">{t('port')}</th>
            <th scope="col">{t('security')}</th>
          </tr>
        </thead>
        <tbody>
          {servers.map((server) => (
            <tr key={`${server.kind} ${server.port}`}>
              <td>{t(server.kind)}</td>
              <td>{server.host}</td>
              <td>{server.port}</td>
              <td>{t(server.security)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
