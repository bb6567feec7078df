import { queryOptions } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { components } from "@/shared/api/schema.gen";

export type Dataset = components["schemas"]["Dataset"];
export type DatasetIn = components["schemas"]["DatasetIn"];

const BUILDING_MS = 700;
const IDLE_MS = 15_000;

export const isBuilding = ({ state }: Dataset): boolean => state === "queued" || state === "building";

export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: () => body(http.GET("/api/datasets")),
  refetchInterval: ({ state }) => (state.data?.some(isBuilding) ? BUILDING_MS : IDLE_MS),
});
