import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './run-tool.ts';

/** The server (restarted when its files change) and Vite with hot reload, until Ctrl-C. */
const server = spawn(process.execPath, ['--watch', join(root, 'server/src/process/main.ts'), '--sample'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, HONGYAN_URL: process.env['HONGYAN_URL'] ?? 'http://localhost:5173' },
});
const web = spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js')], {
  cwd: join(root, 'web'),
  stdio: 'inherit',
});
for (const child of [server, web]) {
  child.on('exit', () => {
    server.kill();
    web.kill();
  });
}
