import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { parseFilters } from "@/features/episodes/library/filters";
import { parsePolicies } from "@/features/policies/model";
import { parseRig } from "@/features/rig/model";
import { parseRollout } from "@/features/rollout/model";
import { parseCompare, parseList, parseNew } from "@/features/training/search";
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
  validateSearch: ({ version }: Record<string, unknown>): { version?: string } => (typeof version === "string" ? { version } : {}),
  component: lazyRouteComponent(() => import("@/features/datasets/DatasetsPage"), "DatasetsPage"),
});

const training = createRoute({
  getParentRoute: () => root,
  path: "/training",
  validateSearch: parseList,
  component: lazyRouteComponent(() => import("@/features/training/TrainingPage"), "TrainingPage"),
});

const newJob = createRoute({
  getParentRoute: () => root,
  path: "/training/new",
  validateSearch: parseNew,
  component: lazyRouteComponent(() => import("@/features/training/NewJobPage"), "NewJobPage"),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: "/training/compare",
  validateSearch: parseCompare,
  component: lazyRouteComponent(() => import("@/features/training/ComparePage"), "ComparePage"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/training/$id",
  component: lazyRouteComponent(() => import("@/features/training/JobPage"), "JobPage"),
});

const policies = createRoute({
  getParentRoute: () => root,
  path: "/policies",
  validateSearch: parsePolicies,
  component: lazyRouteComponent(() => import("@/features/policies/PoliciesPage"), "PoliciesPage"),
});

const policy = createRoute({
  getParentRoute: () => root,
  path: "/policies/$id",
  component: lazyRouteComponent(() => import("@/features/policies/PolicyPage"), "PolicyPage"),
});

const rollout = createRoute({
  getParentRoute: () => root,
  path: "/rollout",
  validateSearch: parseRollout,
  component: lazyRouteComponent(() => import("@/features/rollout/RolloutPage"), "RolloutPage"),
});

const rig = createRoute({
  getParentRoute: () => root,
  path: "/rig",
  validateSearch: parseRig,
  component: lazyRouteComponent(() => import("@/features/rig/RigPage"), "RigPage"),
});

const evaluations = createRoute({
  getParentRoute: () => root,
  path: "/evaluations",
  component: lazyRouteComponent(() => import("@/features/evaluations/EvaluationsPage"), "EvaluationsPage"),
});

const evaluation = createRoute({
  getParentRoute: () => root,
  path: "/evaluations/$id",
  component: lazyRouteComponent(() => import("@/features/evaluations/EvaluationPage"), "EvaluationPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([cockpit, episodes, player, tasks, datasets, training, newJob, compare, job, policies, policy, rollout, rig, evaluations, evaluation]),
  defaultErrorComponent: Failed,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
