import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { clockTime } from "@/shared/ui/format";
import type { EpisodeDetail } from "../model";
import { posesQuery } from "../queries";
import classes from "./player.module.css";
import type { PlaybackClock } from "./PlaybackClock";
import { modeSpans } from "./posesSource";

interface Props {
  episode: string;
  clock: PlaybackClock;
  events: EpisodeDetail["events"];
}

/** The whole episode as a bar: where we are and what happened; press or drag to go there. */
export function Timeline({ episode, clock, events }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const fill = useRef<HTMLDivElement>(null);
  const poses = useQuery(posesQuery(episode)).data;
  const spans = useMemo(() => (poses ? modeSpans(poses) : []), [poses]);
  const percent = (t_s: number) => `${(100 * t_s) / Math.max(clock.duration_s, 1e-9)}%`;
  useEffect(() => {
    const follow = () => {
      const part = clock.duration_s > 0 ? clock.time_s / clock.duration_s : 0;
      if (fill.current) fill.current.style.transform = `scaleX(${part})`;
      bar.current?.setAttribute("aria-valuenow", clock.time_s.toFixed(2));
      bar.current?.setAttribute("aria-valuetext", `${clockTime(clock.time_s)} of ${clockTime(clock.duration_s)}`);
    };
    follow();
    return clock.subscribe(follow);
  }, [clock]);
  const seek = (event: React.PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (box && event.buttons & 1) clock.seek(((event.clientX - box.left) / box.width) * clock.duration_s);
  };
  return (
    <div
      ref={bar}
      className={classes.timeline}
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={clock.duration_s}
      aria-valuenow={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={seek}
    >
      <div ref={fill} className={classes.fill} />
      {spans.map(({ mode, driver, from_s, to_s }) => (
        <Tooltip key={from_s} label={driver ? `${mode} by ${driver}` : mode}>
          <div className={classes.span} data-mode={mode} style={{ left: percent(from_s), width: percent(to_s - from_s) }} />
        </Tooltip>
      ))}
      {events.map(({ t_s, kind, text }) => (
        <Tooltip key={`${t_s}${kind}`} label={`${clockTime(t_s)} ${text}`}>
          <button
            type="button"
            className={classes.mark}
            data-kind={kind}
            style={{ left: percent(t_s) }}
            aria-label={`${text}, at ${clockTime(t_s)}`}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => clock.seek(t_s)}
          />
        </Tooltip>
      ))}
    </div>
  );
}
