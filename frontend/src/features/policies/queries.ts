import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { PolicyChange } from "./model";

export const policyQuery = (policy_id: string) =>
  queryOptions({
    queryKey: ["policies", policy_id],
    queryFn: () => body(http.GET("/api/policies/{policy_id}", { params: { path: { policy_id } } })),
  });

/** Change stage or notes; the list and the page are read again after it. */
export function useChangePolicy(policy_id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: PolicyChange) => body(http.PATCH("/api/policies/{policy_id}", { params: { path: { policy_id } }, body: change })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["policies"] }),
  });
}
