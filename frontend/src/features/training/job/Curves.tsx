import { Group, SimpleGrid, Skeleton, Slider, Switch, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Line } from "@/shared/plot/lines";
import { LinePlot } from "@/shared/plot/LinePlot";
import { EmptyState } from "@/shared/ui/EmptyState";
import { metric, ordered } from "../metrics";
import { isOver, type Curves as CurveTable, type Job } from "../model";
import { curvesQuery } from "../queries";
import { smooth } from "../smoothing";

const POINTS = 800;
/** Curves for which a logarithm tells more; the others stay as they are. */
const LOGARITHMIC = /loss|lr|grad/;

interface Look {
  smoothing: number;
  log: boolean;
}

/** Lines of one measured value of several jobs: smoothed, with the raw curve pale behind. */
function linesOf(name: string, tables: readonly { label: string; curves: CurveTable }[], smoothing: number): Line[] {
  return tables.flatMap(({ label, curves }, index): Line[] => {
    const curve = curves[name];
    if (!curve) return [];
    const hue: [number, number] = [index + 2, Math.max(tables.length, 5)];
    const shownAs = tables.length === 1 && smoothing > 0 ? "smoothed" : label;
    const strong = { label: shownAs, x: curve.step, y: smooth(curve.value, smoothing), hue, points: curve.step.length < 3 };
    return smoothing > 0 ? [{ label: tables.length === 1 ? label : `${label}, raw`, x: curve.step, y: curve.value, hue, faint: true }, strong] : [strong];
  });
}

/** Everything some jobs measured, one plot per value. */
export function CurvePlots({ tables, sync }: { tables: readonly { label: string; curves: CurveTable }[]; sync: string }) {
  const [look, setLook] = useLocalStorage<Look>({ key: "bunraku.curves", defaultValue: { smoothing: 0.6, log: false } });
  const names = useMemo(() => ordered([...new Set(tables.flatMap(({ curves }) => Object.keys(curves)))]), [tables]);
  const plots = useMemo(() => names.map((name) => ({ name, lines: linesOf(name, tables, look.smoothing) })), [names, tables, look.smoothing]);
  return (
    <>
      <Group gap="lg" mb="sm">
        <Switch size="xs" label="Logarithmic" checked={look.log} onChange={({ currentTarget }) => setLook({ ...look, log: currentTarget.checked })} />
        <Group gap="xs" wrap="nowrap">
          <Text size="xs" id="smoothing">
            Smoothing
          </Text>
          <Slider
            w={130}
            size="xs"
            min={0}
            max={0.98}
            step={0.02}
            label={(value) => (value === 0 ? "none" : `past counts ${Math.round(value * 100)} %`)}
            value={look.smoothing}
            aria-labelledby="smoothing"
            onChange={(smoothing) => setLook({ ...look, smoothing })}
          />
        </Group>
        <Text size="xs" c="dimmed">
          Drag over a plot to zoom, double-click to see all of it.
        </Text>
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" verticalSpacing="md">
        {plots.map(({ name, lines }) => (
          <LinePlot
            key={name}
            title={metric(name).label}
            unit={metric(name).unit}
            xLabel="step"
            lines={lines}
            log={look.log && LOGARITHMIC.test(name)}
            sync={sync}
            height={190}
          />
        ))}
      </SimpleGrid>
    </>
  );
}

/** The live curves of one job. */
export function Curves({ job }: { job: Job }) {
  const { data, error, isPending } = useQuery(curvesQuery(job.id, POINTS, !isOver(job)));
  const tables = useMemo(() => (data ? [{ label: "measured", curves: data.curves }] : []), [data]);
  if (error) return <EmptyState title="The curves cannot be read" text={error.message} />;
  if (isPending) return <Skeleton h={220} />;
  if (Object.keys(data.curves).length === 0) {
    return <EmptyState title="Nothing measured yet" text={isOver(job) ? "It ended before its first measurement." : "The first point comes after some steps."} />;
  }
  return <CurvePlots tables={tables} sync={job.id} />;
}
