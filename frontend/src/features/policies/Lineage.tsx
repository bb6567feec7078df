import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { fullName } from "@/shared/api/policyName";
import type { PolicyDetail } from "./model";
import classes from "./policies.module.css";

/** From episodes to policy, every step a link. */
export function Lineage({ policy }: { policy: PolicyDetail }) {
  const trained = policy.episodes.filter(({ use }) => use === "train").length;
  const steps: { kind: string; what: ReactNode }[] = [
    { kind: policy.operators.length === 1 ? "Operator" : "Operators", what: policy.operators.join(", ") || "unknown" },
    {
      kind: "Episodes",
      what: (
        <Anchor href="#episodes" size="sm">
          {policy.episodes.length}, {trained} to learn from
        </Anchor>
      ),
    },
    {
      kind: "Dataset version",
      what: policy.dataset_id ? (
        <Anchor component={Link} to={`/policies?dataset=${policy.dataset_id}`} size="sm" title="All policies of this version">
          {policy.dataset ?? "gone"}
        </Anchor>
      ) : (
        "unknown"
      ),
    },
    {
      kind: "Job",
      what: policy.job_id ? (
        <Anchor component={Link} to={`/training/${policy.job_id}`} size="sm">
          {policy.job ?? "job"}, step {policy.step.toLocaleString("en")}
        </Anchor>
      ) : (
        "deleted"
      ),
    },
    { kind: "Policy", what: <strong>{fullName(policy)}</strong> },
  ];
  return (
    <nav className={classes.lineage} aria-label="Lineage">
      {steps.map(({ kind, what }, index) => (
        <Fragment key={kind}>
          {index > 0 && <span aria-hidden="true">→</span>}
          <span className={classes.step}>
            <span className={classes.kind}>{kind}</span>
            {what}
          </span>
        </Fragment>
      ))}
    </nav>
  );
}
