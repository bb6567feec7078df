import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { components } from "@/shared/api/schema.gen";
import type { Motion, Role, Side } from "./model";

type Answer = components["schemas"]["RigAnswer"];

export const rigQuery = queryOptions({
  queryKey: ["rig"],
  queryFn: () => body(http.GET("/api/rig")),
  staleTime: Infinity,
});

/** What is kept of a person from day to day. */
export const keptQuery = (name: string) =>
  queryOptions({
    queryKey: ["rig", "operator", name],
    queryFn: () => body(http.GET("/api/rig/operator", { params: { query: { name } } })),
  });

export type Wish =
  | { kind: "find" | "clear"; role: Role }
  | { kind: "assign"; role: Role; serial: string }
  | { kind: "mirrored"; mirrored: boolean }
  | { kind: "neutral"; stature_m: number | null }
  | { kind: "check"; motion: Motion }
  | { kind: "hand"; side: Side }
  | { kind: "take" | "cancel" };

function request(wish: Wish, client: string) {
  switch (wish.kind) {
    case "find":
      return http.POST("/api/rig/roles/{role}/find", { params: { path: { role: wish.role } }, body: { client } });
    case "assign":
      return http.PUT("/api/rig/roles/{role}", { params: { path: { role: wish.role } }, body: { client, serial: wish.serial } });
    case "clear":
      return http.DELETE("/api/rig/roles/{role}", { params: { path: { role: wish.role }, query: { client } } });
    case "mirrored":
      return http.POST("/api/rig/mirrored", { body: { client, mirrored: wish.mirrored } });
    case "neutral":
      return http.POST("/api/rig/neutral", { body: { client, stature_m: wish.stature_m } });
    case "check":
      return http.POST("/api/rig/checks/{motion}", { params: { path: { motion: wish.motion } }, body: { client } });
    case "hand":
      return http.POST("/api/rig/hands/{side}", { params: { path: { side: wish.side } }, body: { client } });
    case "take":
    case "cancel":
      return http.POST(`/api/rig/hands/step/${wish.kind}`, { body: { client } });
  }
}

/** Asks the rig in the name of this page; what is kept of a person is read again afterwards. */
export function useRigAction(client: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish): Promise<Answer> => body<Answer>(request(wish, client)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["rig", "operator"] }),
  });
}
