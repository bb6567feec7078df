import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { LinePlot } from "@/shared/plot/LinePlot";
import { GROUP_UNIT, GROUPS, planLines, type Group, type Rollout } from "./model";

/** What the policy is about to do. */
export function PlanPlot({ rollout, names }: { rollout: Pick<Rollout, "plan" | "fps">; names: readonly string[] }) {
  const [group, setGroup] = useState<Group>("arms");
  const { plan, fps } = rollout;
  const lines = useMemo(() => planLines(plan, names, group, fps), [plan, names, group, fps]);
  return (
    <LinePlot
      title="What comes next"
      unit={GROUP_UNIT[group]}
      xLabel="s from now"
      lines={lines}
      height={150}
      aside={
        <SegmentedControl size="xs" ml="auto" aria-label="Part of the robot" value={group} data={[...GROUPS]} onChange={(value) => setGroup(value as Group)} />
      }
    />
  );
}
