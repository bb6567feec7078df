import { useEffect, useRef } from "react";
import { live } from "@/shared/live/live";
import { glovesOf, type Side, words } from "./model";
import { Bar } from "./Bar";
import classes from "./gloves.module.css";

/** A bar is full at this bend, empty at minus a quarter of it [degrees]. */
const FULL_DEG = 100;

/** The 20 angles of one hand as the glove sends them, drawn outside React. */
export function AngleBars({ side, names }: { side: Side; names: readonly string[] }) {
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const angles = glovesOf(live.get().telemetry?.rig ?? null)?.hands.find((hand) => hand.side === side)?.angles_deg;
      grid.current?.querySelectorAll<HTMLElement>("[data-angle]").forEach((bar, i) => {
        const angle_deg = angles?.[i] ?? 0;
        bar.style.setProperty("--part", String(Math.min(Math.abs(angle_deg) / FULL_DEG, 1)));
        bar.toggleAttribute("data-negative", angle_deg < 0);
        const value = bar.querySelector("output");
        if (value) value.textContent = angles ? `${Math.round(angle_deg) || 0}°` : "–";
      });
    };
    draw();
    return live.subscribe(draw);
  }, [side, names]);
  const fingers = [...new Set(names.map((name) => name.split("_")[0] ?? ""))];
  return (
    <div className={classes.fingers} ref={grid} role="group" aria-label={`Angles of the ${side} hand`}>
      {fingers.map((finger) => (
        <div key={finger} className={classes.finger}>
          <span className={classes.fingerName}>{finger}</span>
          {names
            .filter((name) => name.startsWith(`${finger}_`))
            .map((name) => (
              <span key={name} className={classes.angle} data-angle={name} title={words(name)}>
                <span className={classes.angleName}>{name.includes("spread") ? "spread" : (name.split("_")[1] ?? "")}</span>
                <Bar />
                <output>–</output>
              </span>
            ))}
        </div>
      ))}
    </div>
  );
}
