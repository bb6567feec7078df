import { useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axisInk, hue } from "@/shared/plot/ink";
import { plainName } from "@/shared/ui/format";
import { seriesQuery } from "../queries";
import classes from "./player.module.css";
import type { PlaybackClock } from "./PlaybackClock";
import { dashOf, entityOf, type PlotGroup } from "./plotGroups";

const HEIGHT_PX = 200;
function lines(names: readonly string[], dark: boolean): uPlot.Series[] {
  const entities = [...new Set(names.map(entityOf))];
  return names.map((name) => ({
    label: `${plainName(entityOf(name))} ${name.startsWith("action.") ? "asked" : name.startsWith("sent.") ? "sent" : ""}`.trim(),
    stroke: hue(entities.indexOf(entityOf(name)), entities.length, dark),
    width: 1.25,
    dash: dashOf(name),
    spanGaps: false,
    points: { show: false },
    value: (_plot, value) => (value === null ? "–" : value.toFixed(3)),
  }));
}

interface Props {
  episode: string;
  group: PlotGroup;
  clock: PlaybackClock;
}

/** One group of columns with a playhead; press or drag on it to seek. */
export function Plot({ episode, group, clock }: Props) {
  const { data } = useQuery(seriesQuery(episode, group.names));
  const dark = useComputedColorScheme("dark") === "dark";
  const host = useRef<HTMLDivElement>(null);
  const playhead = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = host.current;
    const line = playhead.current;
    if (!element || !line || !data) return;
    const axis = axisInk(dark);
    const columns = new Map(data.series.map(({ name, values }) => [name, values]));
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        scales: { x: { time: false, range: [0, clock.duration_s] } },
        series: [{ label: "s", value: (_plot, value) => (value === null ? "–" : value.toFixed(2)) }, ...lines(group.names, dark)],
        axes: [axis, { ...axis, size: 52 }],
        legend: { live: true },
        cursor: { drag: { x: false, y: false }, points: { size: 5 } },
      },
      [data.t_s, ...group.names.map((name) => columns.get(name) ?? [])] as uPlot.AlignedData,
      element,
    );
    const over = plot.over;
    const follow = () => {
      line.style.transform = `translateX(${over.offsetLeft + plot.valToPos(clock.time_s, "x")}px)`;
      if (over.matches(":hover")) return;
      plot.setCursor({ left: plot.valToPos(clock.time_s, "x"), top: -10 }, false);
      plot.setLegend({ idx: plot.valToIdx(clock.time_s) }, false);
    };
    const seek = (event: PointerEvent) => {
      if (event.buttons & 1) clock.seek(plot.posToVal(event.clientX - over.getBoundingClientRect().left, "x"));
    };
    over.addEventListener("pointerdown", seek);
    over.addEventListener("pointermove", seek);
    const resized = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
      follow();
    });
    resized.observe(element);
    const leave = clock.subscribe(follow);
    follow();
    return () => {
      leave();
      resized.disconnect();
      plot.destroy();
    };
  }, [clock, data, dark, group]);

  return (
    <section className={classes.plot} aria-label={`${group.label} [${group.unit}]`}>
      <h3 className={classes.plotTitle}>
        {group.label} <span className={classes.unit}>[{group.unit}]</span>
      </h3>
      <div className={classes.plotBody}>
        <div ref={host} className={classes.plotHost} style={{ minHeight: HEIGHT_PX }} />
        <div ref={playhead} className={classes.playhead} style={{ height: HEIGHT_PX - 50 }} />
      </div>
    </section>
  );
}
