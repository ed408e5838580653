import '../../kit/tokens.css';
import './signin.css';
import type { Site } from '@hongyan/contract';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { api } from '../../kit/api.ts';
import '../../kit/theme-choice.ts';
import { Frame } from './frame.tsx';
import { SetUp } from './setup.tsx';
import { SignIn } from './signin.tsx';

function Pages() {
  const [site, setSite] = useState<Site>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    api
      .get<Site>('/site')
      .then((found) => {
        setSite(found);
        const wanted = found.ready ? '/login' : '/setup';
        if (location.pathname !== wanted) history.replaceState(null, '', wanted + location.search);
        if (found.institution) document.title = found.institution;
      })
      .catch(() => setFailed(true));
  }, []);
  return (
    <Frame site={site} failed={failed}>
      {site?.ready === false ? <SetUp /> : <SignIn site={site} />}
    </Frame>
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Pages />
    </StrictMode>,
  );
}
