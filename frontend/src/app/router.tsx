import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { parseFilters } from "@/features/episodes/library/filters";
import { Failed } from "./Failed";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const cockpit = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/cockpit/CockpitPage"), "CockpitPage"),
});

const episodes = createRoute({
  getParentRoute: () => root,
  path: "/episodes",
  validateSearch: parseFilters,
  component: lazyRouteComponent(() => import("@/features/episodes/EpisodesPage"), "EpisodesPage"),
});

const player = createRoute({
  getParentRoute: () => root,
  path: "/episodes/$id",
  validateSearch: (search: Record<string, unknown>): { t?: number } => {
    const t = Number(search["t"]);
    return search["t"] !== undefined && Number.isFinite(t) ? { t } : {};
  },
  component: lazyRouteComponent(() => import("@/features/episodes/PlayerPage"), "PlayerPage"),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  component: lazyRouteComponent(() => import("@/features/tasks/TasksPage"), "TasksPage"),
});

const datasets = createRoute({
  getParentRoute: () => root,
  path: "/datasets",
  component: lazyRouteComponent(() => import("@/features/datasets/DatasetsPage"), "DatasetsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([cockpit, episodes, player, tasks, datasets]),
  defaultErrorComponent: Failed,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
