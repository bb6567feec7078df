import { useEffect, useRef } from "react";
import { live, sameContent, useLive } from "@/shared/live/live";
import { trackersOf } from "./model";
import { Extents, FULL_M } from "./extents";
import { Bar } from "./Bar";
import classes from "./wizard.module.css";

/** How far every tracker has moved since this began to be shown: drawn outside React, ten times a second. */
export function MoveBars() {
  const names = useLive(({ telemetry }) => trackersOf(telemetry?.rig ?? null).map(({ name }) => name), sameContent);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const extents = new Extents();
    const draw = () => {
      for (const { name, pose, state } of trackersOf(live.get().telemetry?.rig ?? null)) {
        const moved_m = state === "live" && pose ? extents.add(name, pose) : extents.of(name);
        const row = list.current?.querySelector<HTMLElement>(`[data-serial="${CSS.escape(name)}"]`);
        row?.style.setProperty("--part", String(Math.min(moved_m / FULL_M, 1)));
        row?.toggleAttribute("data-enough", moved_m >= FULL_M / 2);
        const label = row?.querySelector("output");
        if (label) label.textContent = `${(100 * moved_m).toFixed(0)} cm`;
      }
    };
    draw();
    return live.subscribe(draw);
  }, []);
  return (
    <ul className={classes.moves} ref={list} aria-label="How far every tracker has moved">
      {names.map((name) => (
        <li key={name} className={classes.move} data-serial={name}>
          <span className={classes.serial}>{name}</span>
          <Bar />
          <output className={classes.far}>0 cm</output>
        </li>
      ))}
    </ul>
  );
}
