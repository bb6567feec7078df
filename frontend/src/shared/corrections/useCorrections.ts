import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { body, http } from "@/shared/api/http";
import { isBuilding, type Policy } from "@/shared/api/queries";
import { fineTuneSearch, made, noBuild, noFineTune } from "./model";

const BUILDING_MS = 1_000;
const IDLE_MS = 5_000;

const path = (policy_id: string) => ({ params: { path: { policy_id } } });

const correctionsQuery = (policy_id: string) =>
  queryOptions({
    queryKey: ["policies", policy_id, "corrections"],
    queryFn: () => body(http.GET("/api/policies/{policy_id}/corrections", path(policy_id))),
    refetchInterval: ({ state }) => (state.data?.version && isBuilding(state.data.version) ? BUILDING_MS : IDLE_MS),
  });

export type UseCorrections = ReturnType<typeof useCorrections>;

/** The takeovers from a policy, and the two steps to the next one: build a version, fine-tune on it. */
export function useCorrections(policy_id: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const found = useQuery(correctionsQuery(policy_id));
  const press = useMutation({
    mutationFn: () => body(http.POST("/api/policies/{policy_id}/corrections", path(policy_id))),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["datasets"] });
      return client.invalidateQueries({ queryKey: correctionsQuery(policy_id).queryKey });
    },
  });
  const version = found.data && made(found.data);
  return {
    found,
    press,
    build: () => {
      if (noBuild(found.data) === "" && !press.isPending) press.mutate();
    },
    fineTune: (policy: Pick<Policy, "id" | "job_id">) => {
      if (version && noFineTune(found.data) === "") void navigate({ to: "/training/new", search: fineTuneSearch(policy, version) });
    },
  };
}
