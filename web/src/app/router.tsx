import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../kit/api.ts';
import { meQuery, toSignIn } from '../kit/session.ts';
import { setLanguage } from '../kit/texts.ts';
import { setTheme } from '../kit/theme-choice.ts';
import { Broken, NotFound } from './problems.tsx';
import { text, textOrNothing } from './search-params.ts';
import { Shell } from './shell/shell.tsx';

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFound,
  beforeLoad: async ({ context }) => {
    try {
      const known = context.client.getQueryData(meQuery.queryKey);
      const me = known ?? (await context.client.fetchQuery(meQuery));
      if (me.next.length > 0) {
        toSignIn();
        await new Promise(() => undefined);
      }
      if (!known) {
        setTheme(me.theme);
        if (me.locale) await setLanguage(me.locale);
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
      toSignIn();
      // The browser is leaving this page: nothing of it may show meanwhile.
      await new Promise(() => undefined);
    }
  },
});

const route = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component });

const tree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/hall' });
    },
  }),
  route(
    '/hall',
    lazyRouteComponent(() => import('../hall/home.tsx'), 'HomePage'),
  ),
  createRoute({
    getParentRoute: () => root,
    path: '/hall/services',
    validateSearch: (search: Record<string, unknown>) => ({ by: textOrNothing(search.by) }),
    component: lazyRouteComponent(() => import('../hall/catalogue.tsx'), 'CataloguePage'),
  }),
  route(
    '/hall/apps',
    lazyRouteComponent(() => import('../hall/apps.tsx'), 'AppsPage'),
  ),
  route(
    '/hall/notices/$id',
    lazyRouteComponent(() => import('../hall/notice.tsx'), 'NoticePage'),
  ),
  route(
    '/hall/s/$key',
    lazyRouteComponent(() => import('../hall/service.tsx'), 'ServicePageView'),
  ),
  route(
    '/hall/s/$key/apply',
    lazyRouteComponent(() => import('../hall/apply.tsx'), 'ApplyPage'),
  ),
  createRoute({
    getParentRoute: () => root,
    path: '/tasks',
    validateSearch: (search: Record<string, unknown>) => ({ box: textOrNothing(search.box) }),
    component: lazyRouteComponent(() => import('../workflow/task-list.tsx'), 'TaskListPage'),
  }),
  route(
    '/tasks/$id',
    lazyRouteComponent(() => import('../workflow/task.tsx'), 'TaskPageView'),
  ),
  route(
    '/cases/$id',
    lazyRouteComponent(() => import('../workflow/case.tsx'), 'CasePageView'),
  ),
  createRoute({
    getParentRoute: () => root,
    path: '/mail',
    validateSearch: (search: Record<string, unknown>) => ({
      account: textOrNothing(search.account),
      folder: textOrNothing(search.folder),
      email: textOrNothing(search.email),
      search: textOrNothing(search.search),
      to: textOrNothing(search.to),
    }),
    component: lazyRouteComponent(() => import('../mail/mail.tsx'), 'MailPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/mail/settings',
    validateSearch: (search: Record<string, unknown>) => ({
      account: textOrNothing(search.account),
      tab: textOrNothing(search.tab),
    }),
    component: lazyRouteComponent(() => import('../mail/settings/settings.tsx'), 'MailSettingsPage'),
  }),
  route(
    '/messages',
    lazyRouteComponent(() => import('../messages/inbox.tsx'), 'MessagesPage'),
  ),
  createRoute({
    getParentRoute: () => root,
    path: '/directory',
    validateSearch: (search: Record<string, unknown>) => ({ search: textOrNothing(search.search) }),
    component: lazyRouteComponent(() => import('../directory/people.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/me',
    validateSearch: (search: Record<string, unknown>) => ({ tab: textOrNothing(search.tab) }),
    component: lazyRouteComponent(() => import('../identity/me.tsx'), 'MePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/console',
    component: lazyRouteComponent(() => import('../console/console.tsx'), 'ConsolePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/console/$section',
    params: {
      parse: (params) => ({ section: text(params.section) }),
      stringify: (params) => ({ section: params.section }),
    },
    component: lazyRouteComponent(() => import('../console/console.tsx'), 'ConsolePage'),
  }),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
