import type { HallHome } from '@hongyan/contract';
import type { Actor } from '../kit/http/index.ts';
import type { Tasks } from './applications/tasks.service.ts';
import { type Catalogue, presentCard } from './catalogue/catalogue.service.ts';
import { findServices } from './catalogue/catalogue.store.ts';
import { audiencesOf, type HallContext } from './hall.context.ts';

/** Notices by category for the home page; the notices module fills it. */
export type NoticeTabs = (actor: Actor) => Promise<HallHome['notices']>;

const TILES = 8;
const FIRST_TASKS = 3;

/** Everything that the first page of the hall shows, in one answer. */
export function createHome(context: HallContext, catalogue: Catalogue, tasks: Tasks, notices: NoticeTabs) {
  const { db, directory } = context;
  return async function home(actor: Actor): Promise<HallHome> {
    const audiences = await audiencesOf(directory, db, actor);
    const services = await findServices(db, {
      accountId: actor.accountId,
      audiences,
      search: undefined,
      systems: false,
    });
    const todo = await tasks.list(actor, { box: 'todo', limit: FIRST_TASKS });
    const byVisits = [...services].sort((a, b) => b.visits - a.visits);
    const byTime = services
      .filter((row) => row.last_visit !== null)
      .sort((a, b) => (b.last_visit?.getTime() ?? 0) - (a.last_visit?.getTime() ?? 0));
    return {
      favourites: services.filter((row) => row.favourite).map(presentCard),
      hot: byVisits.slice(0, TILES).map(presentCard),
      recent: byTime.slice(0, TILES).map(presentCard),
      systems: (await catalogue.systems(actor)).map((row) => ({
        key: row.key,
        name: row.name,
        icon: row.icon,
        link: row.link ?? '',
      })),
      notices: await notices(actor),
      figures: await catalogue.figures(),
      todo: todo.items.flatMap((item) =>
        item.taskId === undefined
          ? []
          : [
              {
                taskId: item.taskId,
                title: item.case.title,
                from: item.case.applicant.name,
                time: item.time,
              },
            ],
      ),
    };
  };
}
