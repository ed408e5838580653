export { settingsRoutes } from './settings.routes.ts';
export { createSettingsConsole, type SettingsConsole } from './settings.service.ts';
export { createSettings, readSettings, type Settings } from './settings.ts';
