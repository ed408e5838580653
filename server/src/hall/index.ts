import type { HallHome } from '@hongyan/contract';
import type { Actor } from '../kit/http/index.ts';
import { type Applications, createApplications } from './applications/applications.service.ts';
import { createTasks, type Tasks } from './applications/tasks.service.ts';
import { type Catalogue, createCatalogue } from './catalogue/catalogue.service.ts';
import type { HallContext } from './hall.context.ts';
import { createHome, type NoticeTabs } from './home.service.ts';

export type { ServiceDefinition } from './catalogue/catalogue.service.ts';
export { type CountSources, countRoutes } from './counts.routes.ts';
export { valuesOfType } from './forms/index.ts';
export type { HallContext } from './hall.context.ts';
export { localDay } from './hall.context.ts';
export { hallErrors } from './hall.errors.ts';
export { hallRoutes } from './hall.routes.ts';

export interface Hall {
  context: HallContext;
  catalogue: Catalogue;
  applications: Applications;
  tasks: Tasks;
  home(actor: Actor): Promise<HallHome>;
}

export function createHall(context: HallContext, notices: NoticeTabs): Hall {
  const catalogue = createCatalogue(context);
  const applications = createApplications(context, catalogue);
  const tasks = createTasks(context, catalogue, applications);
  return { context, catalogue, applications, tasks, home: createHome(context, catalogue, tasks, notices) };
}
