/** Queries that more than one feature uses. */
import { queryOptions } from "@tanstack/react-query";
import { body, http } from "./http";
import type { components } from "./schema.gen";

export type Robot = components["schemas"]["Robot"];
export type Task = components["schemas"]["Task"];

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
