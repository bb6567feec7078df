import { Chip, Group, Skeleton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { EmptyState } from "@/shared/ui/EmptyState";
import { seriesQuery } from "../queries";
import { Plot } from "./Plot";
import type { PlaybackClock } from "./PlaybackClock";
import { plotGroups } from "./plotGroups";

/** Nothing is asked for: only the names of the columns come back. */
const NO_COLUMNS: string[] = [];

/** The plots that are switched on; which ones is remembered. Dotted is asked, dashed is sent, solid is measured. */
export function Plots({ episode, clock }: { episode: string; clock: PlaybackClock }) {
  const index = useQuery(seriesQuery(episode, NO_COLUMNS));
  const groups = useMemo(() => plotGroups(index.data?.names ?? []), [index.data]);
  const [shown, setShown] = useLocalStorage<string[]>({
    key: "bunraku.player.plots",
    defaultValue: ["Left arm", "Right arm", "Walking"],
  });
  if (index.error) return <EmptyState title="The samples cannot be read" text={index.error.message} />;
  if (!index.data) return <Skeleton h={260} />;
  return (
    <>
      <Chip.Group multiple value={shown} onChange={setShown}>
        <Group gap={6} role="group" aria-label="Plots">
          {groups.map(({ label }) => (
            <Chip key={label} value={label} size="xs">
              {label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {groups
        .filter(({ label }) => shown.includes(label))
        .map((group) => (
          <Plot key={group.label} episode={episode} group={group} clock={clock} />
        ))}
    </>
  );
}
