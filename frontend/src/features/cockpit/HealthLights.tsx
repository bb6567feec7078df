import { sameContent, useLive } from "@/shared/live/live";
import { Light } from "@/shared/ui/Light";
import { type LightState, lightsOf } from "./healthLevels";
import classes from "./HealthLights.module.css";

/** Freshness of every input, camera and process; the numbers are on hover. */
export function HealthLights({ cameras }: { cameras: readonly string[] }) {
  // Levels change rarely; the reasons, with their numbers, are read when somebody looks.
  const levels = useLive(({ telemetry }) => {
    const lights = lightsOf(telemetry, cameras);
    return Object.values(lights).map((group) => group.map(({ name, level }) => ({ name, level })));
  }, sameContent);
  return (
    <div className={classes.lights}>
      {["Inputs", "Cameras", "Processes"].map((title, i) => (
        <div key={title} className={classes.group} role="group" aria-label={title}>
          <span className={classes.title}>{title}</span>
          {levels[i]?.map(({ name, level }) => (
            <Light key={name} level={level} label={name} reason={<Reason name={name} group={i} cameras={cameras} />} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Reason({ name, group, cameras }: { name: string; group: number; cameras: readonly string[] }) {
  return useLive(({ telemetry }) => {
    const lights: LightState[] | undefined = Object.values(lightsOf(telemetry, cameras))[group];
    return lights?.find((light) => light.name === name)?.reason ?? "";
  });
}
