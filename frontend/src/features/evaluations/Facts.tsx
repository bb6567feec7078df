import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fact } from "@/shared/ui/Fact";
import { formatDate, formatExact } from "@/shared/ui/format";
import classes from "./evaluations.module.css";
import type { EvaluationDetail } from "./model";

/** What is compared, and under which conditions. */
export function Facts({ evaluation }: { evaluation: EvaluationDetail }) {
  const { policies, task, level, trials, seed, latency_ms, merge, created_at, instruction } = evaluation;
  return (
    <Stack gap={6} mt="md">
      <Fact name="Task" value={task} title={instruction} />
      {level !== null && <Fact name="Level" value={level} />}
      <Fact name="Starts" value={trials} />
      {level !== null && <Fact name="Seeds" value={`${seed} to ${seed + trials - 1}`} />}
      {level !== null && <Fact name="Latency" value={latency_ms === null ? "as measured" : `${latency_ms} ms`} />}
      <Fact name="Chunks merged by" value={merge} />
      <Fact name="Created" value={formatDate(created_at)} title={formatExact(created_at)} />
      <Text size="sm" c="dimmed" mt={6}>
        Policies
      </Text>
      {policies.map(({ label, name, policy_id }) => (
        <Text size="sm" key={name}>
          {label && <b>{label} </b>}
          {policy_id ? (
            <Link to="/policies/$id" params={{ id: policy_id }} className={classes.link}>
              {name}
            </Link>
          ) : (
            `${name} (baseline)`
          )}
        </Text>
      ))}
    </Stack>
  );
}
