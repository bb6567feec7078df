import { useQuery } from "@tanstack/react-query";
import { policiesQuery, type Policy } from "@/shared/api/queries";
import { CorrectionsCard } from "@/shared/corrections/CorrectionsCard";
import { useCorrections } from "@/shared/corrections/useCorrections";
import { drivenBy, type Rollout } from "./model";

/** What can be made of the takeovers once a policy of the registry has driven. Its keys drive here: none are bound. */
export function Afterwards({ rollout }: { rollout: Rollout }) {
  const policy = drivenBy(rollout, useQuery(policiesQuery).data ?? []);
  return policy && <Card policy={policy} />;
}

function Card({ policy }: { policy: Policy }) {
  return <CorrectionsCard policy={policy} corrections={useCorrections(policy.id)} />;
}
