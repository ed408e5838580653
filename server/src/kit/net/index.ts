export { createLineSocket, type Line, type LineSocket, TimeoutError } from './line-socket.ts';
export { type Listener, type ListenOptions, listen } from './listen.ts';
