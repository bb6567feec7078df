/** Queries that more than one feature uses. */
import { queryOptions } from "@tanstack/react-query";
import { body, http } from "./http";
import type { components } from "./schema.gen";

export type Robot = components["schemas"]["Robot"];
export type Task = components["schemas"]["Task"];
export type Dataset = components["schemas"]["Dataset"];
export type Policy = components["schemas"]["Policy"];

const BUILDING_MS = 700;
const IDLE_MS = 15_000;

export const robotQuery = queryOptions({
  queryKey: ["robot"],
  queryFn: () => body(http.GET("/api/robot")),
  staleTime: Infinity,
});

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: () => body(http.GET("/api/system")),
});

export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: () => body(http.GET("/api/tasks")),
});

export const isBuilding = ({ state }: Dataset): boolean => state === "queued" || state === "building";

export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: () => body(http.GET("/api/datasets")),
  refetchInterval: ({ state }) => (state.data?.some(isBuilding) ? BUILDING_MS : IDLE_MS),
});

export const policiesQuery = queryOptions({
  queryKey: ["policies"],
  queryFn: () => body(http.GET("/api/policies")),
  refetchInterval: IDLE_MS,
});
