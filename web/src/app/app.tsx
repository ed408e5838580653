import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as AntApp, ConfigProvider } from 'antd';
import english from 'antd/locale/en_US';
import chinese from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useEffect, useState } from 'react';
import { ApiError } from '../kit/api.ts';
import { useStill } from '../kit/screen.ts';
import { toSignIn } from '../kit/session.ts';
import { useLanguage } from '../kit/texts.ts';
import { useDark } from '../kit/theme-choice.ts';
import { createAppRouter } from './router.tsx';
import { themeOf } from './theme.ts';

function signedOut(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) toSignIn();
}

/** Says no twice before the page says so, but never to what the server refused in so many words. */
function again(failures: number, error: unknown): boolean {
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) return false;
  return failures < 2;
}

function createClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: signedOut }),
    mutationCache: new MutationCache({ onError: signedOut }),
    defaultOptions: { queries: { retry: again, staleTime: 15_000 } },
  });
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

export function App() {
  const current = useLanguage();
  const dark = useDark();
  const still = useStill();
  const [client] = useState(createClient);
  const [router] = useState(() => createAppRouter(client));

  useEffect(() => {
    dayjs.locale(current === 'en' ? 'en' : 'zh-cn');
    // Everything that the server said was in the language before.
    void client.invalidateQueries();
  }, [current, client]);

  return (
    <ConfigProvider
      theme={themeOf(dark, still)}
      locale={current === 'en' ? english : chinese}
      {...(nonce && { csp: { nonce } })}
      button={{ autoInsertSpace: false }}
    >
      <AntApp className="app-root" message={{ maxCount: 3 }}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
