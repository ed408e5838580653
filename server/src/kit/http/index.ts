export { type Actor, requireActor, systemActor } from './actor.ts';
export { createHttp, type HttpOptions, type HttpServer, type Routes } from './server.ts';
export { type EventStream, openEventStream } from './sse.ts';
