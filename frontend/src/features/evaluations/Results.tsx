import { SegmentedControl, Table, Text, Tooltip } from "@mantine/core";
import { useState } from "react";
import classes from "./evaluations.module.css";
import { IntervalBar } from "./IntervalBar";
import { spreadText, type EvaluationDetail } from "./model";

const RATES = [
  { value: "success", label: "Of all trials" },
  { value: "given_previous", label: "Given the one before" },
] as const;
type Rate = (typeof RATES)[number]["value"];

/** A row per policy, a column per subtask; every rate with its interval. */
export function Results({ evaluation }: { evaluation: EvaluationDetail }) {
  const [rate, setRate] = useState<Rate>("success");
  const { report, names, subtasks } = evaluation;
  return (
    <section aria-label="Results">
      <SegmentedControl size="xs" mb="xs" aria-label="Subtasks are counted" value={rate} data={[...RATES]} onChange={(value) => setRate(value as Rate)} />
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Policy</Table.Th>
              <Table.Th className={classes.head}>
                <Tooltip label="Every subtask was done without help">
                  <span>Whole task</span>
                </Tooltip>
              </Table.Th>
              {subtasks.map(({ name, text }, index) => (
                <Table.Th key={name} className={classes.head}>
                  {index + 1}. {text}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.policies.map((policy) => (
              <Table.Tr key={policy.label} data-testid="result-row">
                <Table.Td>
                  <Text fw={600} size="sm">
                    {names[policy.label]}
                  </Text>
                </Table.Td>
                <Table.Td className={classes.cell}>
                  <IntervalBar value={policy.overall} strong />
                </Table.Td>
                {policy.subtasks.map((subtask, index) => (
                  <Table.Td key={subtasks[index]?.name ?? index} className={classes.cell}>
                    <IntervalBar
                      value={subtask[rate]}
                      extra={subtask.assisted > 0 && rate === "success" ? `+${subtask.assisted} helped` : ""}
                      note={rate === "given_previous" ? "Counted where the subtask before it was done or helped past." : ""}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Table.ScrollContainer minWidth={640} mt="md">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Policy</Table.Th>
              <Table.Th className={classes.number}>Time of successes</Table.Th>
              <Table.Th className={classes.number}>
                <Tooltip label="Jerk of the arms where chunks of actions meet, over their jerk elsewhere. 1 means that the borders cannot be seen.">
                  <span>Border jerk ratio</span>
                </Tooltip>
              </Table.Th>
              <Table.Th className={classes.number}>
                <Tooltip label="How often the policy's actions ran out">
                  <span>Underruns</span>
                </Tooltip>
              </Table.Th>
              <Table.Th className={classes.number}>Interventions</Table.Th>
              <Table.Th className={classes.number}>Falls</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.policies.map((policy) => (
              <Table.Tr key={policy.label}>
                <Table.Td>{names[policy.label]}</Table.Td>
                <Table.Td className={classes.number}>{spreadText(policy.time_s, "s")}</Table.Td>
                <Table.Td className={classes.number}>{spreadText(policy.jerk_ratio, "", 2)}</Table.Td>
                <Table.Td className={classes.number}>{policy.underruns}</Table.Td>
                <Table.Td className={classes.number}>{policy.interventions}</Table.Td>
                <Table.Td className={classes.number}>{policy.falls}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
