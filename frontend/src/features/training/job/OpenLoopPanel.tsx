import { Group, Select, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { GroupErrors } from "@/shared/plot/GroupErrors";
import type { Line } from "@/shared/plot/lines";
import { LinePlot } from "@/shared/plot/LinePlot";
import { plainName, several } from "@/shared/ui/format";
import { isOver, type Job, type OpenLoop } from "../model";
import { openLoopQuery } from "../queries";
import classes from "./job.module.css";
import { TracePlot } from "./TracePlot";

/** Error of a group at every checkpoint, over that of the better prediction without learning. */
function courses(results: readonly OpenLoop[]): Line[] {
  const names = [...new Set(results.flatMap(({ groups }) => groups.map(({ group }) => group)))];
  const share = (result: OpenLoop, name: string): number | null => {
    const found = result.groups.find(({ group }) => group === name);
    const baseline = found ? Math.min(found.repeat_last, found.mean_action) : 0;
    return found && baseline > 0 ? found.policy / baseline : null;
  };
  const x = results.map(({ step }) => step);
  return [
    ...names.map((name) => ({ label: plainName(name), x, y: results.map((result) => share(result, name)), points: true })),
    { label: "no better than a baseline", x, y: x.map(() => 1), dash: true, hue: [0, 1] as const },
  ];
}

/** What a figure stands on. */
function Basis({ samples, episodes }: { samples: number; episodes: number }) {
  return (
    <Text size="xs" c="dimmed">
      {several(samples, "sample")} of {several(episodes, "episode")} never trained on; mean absolute error over the whole chunk
    </Text>
  );
}

/** How well each checkpoint predicts episodes it never saw, against two predictions that need no learning. */
export function OpenLoopPanel({ job }: { job: Job }) {
  const results = useQuery(openLoopQuery(job.id, !isOver(job))).data;
  const [step, setStep] = useState<number | null>(null);
  const [group, setGroup] = useState<string | null>(null);
  const course = useMemo(() => courses(results ?? []), [results]);
  const chosen = results?.find((result) => result.step === step) ?? results?.at(-1);
  const error = chosen?.groups.find((one) => one.group === group) ?? chosen?.groups[0];
  const horizon = useMemo<Line[]>(
    () => (error ? [{ label: plainName(error.group), x: error.by_horizon.map((_, i) => i + 1), y: error.by_horizon }] : []),
    [error],
  );
  if (!results || !chosen || !error) return null;
  return (
    <section className={classes.section} aria-label="Held-out error">
      <Group gap="md" mb="xs">
        <h3 className={classes.heading}>Error on held-out episodes</h3>
        <Select
          size="xs"
          w={140}
          aria-label="Checkpoint"
          allowDeselect={false}
          data={results.map((result) => ({ value: String(result.step), label: `step ${result.step.toLocaleString("en")}` }))}
          value={String(chosen.step)}
          onChange={(value) => setStep(Number(value))}
        />
        <Basis samples={chosen.samples} episodes={chosen.episodes.length} />
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <GroupErrors groups={chosen.groups} chosen={error.group} onChoose={setGroup} />
        <div>
          {results.length > 1 && <LinePlot title="Over the checkpoints" unit="× error of the better baseline" xLabel="step" lines={course} height={180} />}
          <LinePlot title={`Into the future: ${plainName(error.group)}`} unit={error.unit} xLabel="actions ahead" lines={horizon} height={140} />
        </div>
      </SimpleGrid>
      {chosen.traces.length > 0 && <TracePlot key={chosen.step} traces={chosen.traces} groups={chosen.groups} />}
    </section>
  );
}
