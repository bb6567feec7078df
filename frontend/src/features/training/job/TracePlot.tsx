import { Group, Select } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Line } from "@/shared/plot/lines";
import { LinePlot } from "@/shared/plot/LinePlot";
import { plainName } from "@/shared/ui/format";
import type { OpenLoop } from "../model";

type Trace = OpenLoop["traces"][number];

/** The entry that moved most in a stretch: a flat line tells nothing. */
function liveliest({ names, actual }: Trace): number {
  const spans = names.map((_, i) => Math.max(...(actual[i] ?? [0])) - Math.min(...(actual[i] ?? [0])));
  return spans.indexOf(Math.max(...spans));
}

/** Unit of an entry of the action: that of its group; joints are angles. */
function unitOf(name: string, groups: OpenLoop["groups"]): string {
  return groups.find(({ group }) => group === name || `base_${group}` === name)?.unit ?? "rad";
}

/** What a person did in a stretch of a held-out episode, and what the policy would have done. */
export function TracePlot({ traces, groups }: Pick<OpenLoop, "traces" | "groups">) {
  const [at, setAt] = useState(0);
  const [entry, setEntry] = useState<number | null>(null);
  const trace = traces[at] ?? traces[0];
  const index = entry ?? (trace ? liveliest(trace) : 0);
  const lines = useMemo<Line[]>(() => {
    const actual = trace?.actual[index] ?? [];
    const predicted = trace?.predicted[index] ?? [];
    return [
      { label: "done", x: actual.map((_, i) => (trace?.start ?? 0) + i), y: actual, hue: [2, 5] },
      { label: "predicted", x: predicted.map((_, i) => (trace?.start ?? 0) + i), y: predicted, hue: [0, 5], dash: true },
    ];
  }, [trace, index]);
  if (!trace) return null;
  return (
    <div style={{ marginTop: "1rem" }}>
      <Group gap="sm" mb={4}>
        <Select
          size="xs"
          w={190}
          aria-label="Stretch"
          allowDeselect={false}
          data={traces.map(({ episode, start }, i) => ({ value: String(i), label: `episode ${episode}, row ${start}` }))}
          value={String(at)}
          onChange={(value) => setAt(Number(value))}
        />
        <Select
          size="xs"
          w={210}
          searchable
          aria-label="Entry of the action"
          allowDeselect={false}
          data={trace.names.map((name, i) => ({ value: String(i), label: plainName(name) }))}
          value={String(index)}
          onChange={(value) => setEntry(Number(value))}
        />
      </Group>
      <LinePlot title={`Done and predicted: ${plainName(trace.names[index] ?? "")}`} unit={unitOf(trace.names[index] ?? "", groups)} xLabel="row" lines={lines} height={170} />
    </div>
  );
}
