import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, getFrom, http } from "@/shared/api/http";
import type { JsonSchema } from "./form/schema";
import { isOver, type Job, type JobIn } from "./model";

const ACTIVE_MS = 1_500;
const IDLE_MS = 10_000;
const CURVES_MS = 4_000;

const path = (job_id: string) => ({ params: { path: { job_id } } });

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: () => body(http.GET("/api/jobs")),
  refetchInterval: ({ state }) => (state.data?.some((job) => !isOver(job)) ? ACTIVE_MS : IDLE_MS),
});

export const kindsQuery = queryOptions({
  queryKey: ["jobs", "kinds"],
  queryFn: () => body(http.GET("/api/jobs/kinds")),
  staleTime: Infinity,
});

export const runnersQuery = queryOptions({
  queryKey: ["jobs", "runners"],
  queryFn: () => body(http.GET("/api/jobs/runners")),
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", "one", id],
    queryFn: () => body(http.GET("/api/jobs/{job_id}", path(id))),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? ACTIVE_MS : IDLE_MS),
  });

/** `active` while it still measures. */
export const curvesQuery = (id: string, points: number, active: boolean) =>
  queryOptions({
    queryKey: ["jobs", "curves", id, points],
    queryFn: () => body(http.GET("/api/jobs/{job_id}/metrics", { params: { path: { job_id: id }, query: { points } } })),
    refetchInterval: active ? CURVES_MS : false,
  });

export const checkpointsQuery = (id: string, active: boolean) =>
  queryOptions({
    queryKey: ["jobs", "checkpoints", id],
    queryFn: () => body(http.GET("/api/jobs/{job_id}/checkpoints", path(id))),
    refetchInterval: active ? CURVES_MS : false,
  });

export const openLoopQuery = (id: string, active: boolean) =>
  queryOptions({
    queryKey: ["jobs", "open-loop", id],
    queryFn: () => body(http.GET("/api/jobs/{job_id}/open-loop", path(id))),
    refetchInterval: active ? CURVES_MS : false,
  });

/** What speaks for and against starting a job; `draft` is the request as JSON text, empty for none. */
export const preflightQuery = (draft: string) =>
  queryOptions({
    queryKey: ["jobs", "preflight", draft],
    // A check of a draft that has changed since is not waited for: the server then leaves it out.
    queryFn: ({ signal }) => body(http.POST("/api/jobs/preflight", { body: JSON.parse(draft) as JobIn, signal })),
    enabled: draft !== "",
    retry: false,
  });

/** The schema of a group of fields, at the address that the schema around it named. */
export const schemaQuery = (address: string | null) =>
  queryOptions({
    queryKey: ["schema", address],
    queryFn: () => getFrom<JsonSchema>(address ?? ""),
    enabled: address !== null,
    staleTime: Infinity,
  });

export const choicesQuery = (address: string | undefined) =>
  queryOptions({
    queryKey: ["choices", address],
    queryFn: () => getFrom<{ name: string; title: string }[]>(address ?? ""),
    enabled: address !== undefined,
    staleTime: Infinity,
  });

/** What can be done to a job; lists and pages are read again after it. */
export function useJobAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: "stop" | "resume" | "delete"): Promise<Job | undefined> => {
      if (action === "stop") return body(http.POST("/api/jobs/{job_id}/stop", path(id)));
      if (action === "resume") return body(http.POST("/api/jobs/{job_id}/resume", path(id)));
      await http.DELETE("/api/jobs/{job_id}", path(id));
      return undefined;
    },
    onSuccess: (job) => {
      if (job) client.setQueryData(jobQuery(id).queryKey, job);
      return client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
}
