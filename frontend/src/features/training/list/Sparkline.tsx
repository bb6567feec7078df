import { useQuery } from "@tanstack/react-query";
import { isOver, type Job } from "../model";
import { mainMetric, metric, withUnit } from "../metrics";
import { curvesQuery } from "../queries";
import { sparkPath, thinned } from "../smoothing";

const WIDTH = 120;
const HEIGHT = 28;
const POINTS = 60;

/** The course of the one value that tells how a job is going, and its newest value. */
export function Sparkline({ job }: { job: Job }) {
  const name = mainMetric(Object.keys(job.metrics));
  const { data } = useQuery({ ...curvesQuery(job.id, POINTS, !isOver(job)), enabled: name !== undefined });
  if (name === undefined) return <span aria-hidden="true">–</span>;
  const newest = job.metrics[name];
  const text = `${metric(name).label} ${newest === undefined ? "" : withUnit(name, newest)}`;
  return (
    <div title={text} style={{ display: "flex", alignItems: "center", gap: "0.5rem" }}>
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" style={{ flex: "none" }}>
        <path d={sparkPath(thinned(data?.curves[name]?.value ?? [], POINTS), WIDTH, HEIGHT)} fill="none" stroke="var(--accent)" strokeWidth={1.4} />
      </svg>
      <span className="numeric" style={{ fontSize: "0.75rem", whiteSpace: "nowrap" }}>
        {text}
      </span>
    </div>
  );
}
