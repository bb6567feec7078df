import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import { isUnderWay, type RolloutIn, type TrialAddress } from "./model";

/** Fast enough for a plot of what comes next. */
const DRIVING_MS = 200;
const IDLE_MS = 1_000;

export const rolloutQuery = queryOptions({
  queryKey: ["rollout"],
  queryFn: () => body(http.GET("/api/rollout")),
  refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? DRIVING_MS : IDLE_MS),
});

/** What a trial that is to be started belongs to. */
export const evaluationOfTrialQuery = (id: string) =>
  queryOptions({
    queryKey: ["evaluations", id],
    queryFn: () => body(http.GET("/api/evaluations/{evaluation_id}", { params: { path: { evaluation_id: id } } })),
  });

export type Wish =
  | { kind: "start"; body: RolloutIn }
  | { kind: "trial"; trial: TrialAddress; client: string }
  | { kind: "pause" | "resume"; client: string } | { kind: "stop" };

const trialRequest = ({ trial: { evaluation, trial }, client }: { trial: TrialAddress; client: string }) => ({
  params: { path: { evaluation_id: evaluation, number: trial } },
  body: { client },
});

/** Start, pause, resume or stop; the state is read again at once. */
export function useRolloutAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish): Promise<void> => {
      if (wish.kind === "start") await http.POST("/api/rollout/start", { body: wish.body });
      else if (wish.kind === "trial") await http.POST("/api/evaluations/{evaluation_id}/trials/{number}/start", trialRequest(wish));
      else if (wish.kind === "stop") await http.POST("/api/rollout/stop");
      else await http.POST(`/api/rollout/${wish.kind}`, { body: { client: wish.client } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["rollout"] }),
  });
}
