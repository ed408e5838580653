export { type ConsoleSources, consoleRoutes } from './console.routes.ts';
