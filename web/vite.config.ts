import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://localhost:3000';
const proxied = ['/api', '/jmap', '/.well-known', '/mail-view', '/mail-picture'];

/**
 * Two entries: the product, and the sign-in pages, which must open fast on a bad line and therefore know
 * nothing of the component library. The server replaces `__CSP_NONCE__` in both pages per request.
 */
export default defineConfig({
  plugins: [
    react(),
    {
      name: 'sign-in-pages',
      configureServer(vite) {
        vite.middlewares.use((request, _response, next) => {
          if (/^\/(login|setup)(\?|$)/.test(request.url ?? '')) request.url = '/login.html';
          next();
        });
      },
    },
  ],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: 'dist',
    target: ['chrome109', 'firefox115', 'safari16'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: ['index.html', 'login.html'] },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: false }])),
  },
});
