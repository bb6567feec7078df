import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { components } from "@/shared/api/schema.gen";
import { isRunning } from "./model";

const RUNNING_MS = 2000;
const IDLE_MS = 20_000;

export type EvaluationIn = components["schemas"]["EvaluationIn"];
export type TrialScore = components["schemas"]["TrialScore"];

export const evaluationsQuery = queryOptions({
  queryKey: ["evaluations"],
  queryFn: () => body(http.GET("/api/evaluations")),
  refetchInterval: ({ state }) => (state.data?.some(isRunning) ? RUNNING_MS : IDLE_MS),
});

export const optionsQuery = queryOptions({
  queryKey: ["evaluations", "options"],
  queryFn: () => body(http.GET("/api/evaluations/options")),
  staleTime: Infinity,
});

export const evaluationQuery = (id: string) =>
  queryOptions({
    queryKey: ["evaluations", id],
    queryFn: () => body(http.GET("/api/evaluations/{evaluation_id}", { params: { path: { evaluation_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? RUNNING_MS : false),
  });

/** A change of one evaluation; everything that shows evaluations is read again afterwards. */
export function useChange<T, R>(change: (value: T) => Promise<R>, then?: (result: R) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (result: R) => {
      await client.invalidateQueries({ queryKey: ["evaluations"] });
      then?.(result);
    },
  });
}

export const create = (wish: EvaluationIn) => body(http.POST("/api/evaluations", { body: wish }));

export const finish = (id: string) => body(http.POST("/api/evaluations/{evaluation_id}/finish", { params: { path: { evaluation_id: id } } }));

export const remove = (id: string) => body(http.DELETE("/api/evaluations/{evaluation_id}", { params: { path: { evaluation_id: id } } }));

export const score = (id: string, number: number, wish: TrialScore) =>
  body(http.PUT("/api/evaluations/{evaluation_id}/trials/{number}", { params: { path: { evaluation_id: id, number } }, body: wish }));

export const putNote = (id: string, condition: number, note: string) =>
  body(http.PUT("/api/evaluations/{evaluation_id}/starts/{condition}/note", { params: { path: { evaluation_id: id, condition } }, body: { note } }));

export const putPicture = (id: string, condition: number, picture: Blob) =>
  body(
    http.PUT("/api/evaluations/{evaluation_id}/starts/{condition}", {
      params: { path: { evaluation_id: id, condition } },
      // The schema calls a binary body a string.
      body: picture as unknown as string,
      bodySerializer: () => picture,
      headers: { "Content-Type": "image/jpeg" },
    }),
  );

export const exportAddress = (id: string, format: "md" | "csv"): string => `/api/evaluations/${id}/export?format=${format}`;
