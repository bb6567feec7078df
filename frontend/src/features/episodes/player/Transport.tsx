import { ActionIcon, Group, SegmentedControl, Text, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward } from "@tabler/icons-react";
import { clockTime } from "@/shared/ui/format";
import classes from "./player.module.css";
import type { PlaybackClock } from "./PlaybackClock";
import { useClock } from "./useClock";

export const RATES = [0.25, 0.5, 1, 2, 4] as const;

interface Props {
  clock: PlaybackClock;
  onStep: (frames: number) => void;
}

export function Transport({ clock, onStep }: Props) {
  const playing = useClock(clock, ({ playing }) => playing);
  const rate = useClock(clock, ({ rate }) => rate);
  const time = useClock(clock, ({ time_s }) => clockTime(time_s));
  return (
    <Group gap="xs" wrap="nowrap">
      <Tooltip label="Back one frame (←)">
        <ActionIcon variant="subtle" aria-label="Back one frame" onClick={() => onStep(-1)}>
          <IconPlayerSkipBack size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={playing ? "Pause (Space)" : "Play (Space)"}>
        <ActionIcon size="lg" aria-label={playing ? "Pause" : "Play"} onClick={() => clock.toggle()}>
          {playing ? <IconPlayerPause size={20} /> : <IconPlayerPlay size={20} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Forward one frame (→)">
        <ActionIcon variant="subtle" aria-label="Forward one frame" onClick={() => onStep(1)}>
          <IconPlayerSkipForward size={18} />
        </ActionIcon>
      </Tooltip>
      <Text className={classes.time} data-testid="player-time">
        {time} <span className={classes.unit}>/ {clockTime(clock.duration_s)}</span>
      </Text>
      <SegmentedControl
        size="xs"
        aria-label="Speed"
        data={RATES.map((value) => ({ value: String(value), label: `${value}×` }))}
        value={String(rate)}
        onChange={(value) => clock.setRate(Number(value))}
      />
    </Group>
  );
}
