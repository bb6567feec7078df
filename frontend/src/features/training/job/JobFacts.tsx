import { Anchor, Paper, Spoiler, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copyable } from "@/shared/ui/Copyable";
import { Fact } from "@/shared/ui/Fact";
import { formatDate, formatExact } from "@/shared/ui/format";
import { metric, ordered, withUnit } from "../metrics";
import type { Job, JobKind } from "../model";
import { jobQuery } from "../queries";
import { RunTime } from "../RunTime";
import classes from "./job.module.css";
import { flat } from "./params";

/** Where a job comes from, what it was told and what it measured last. */
export function JobFacts({ job, kind }: { job: Job; kind: JobKind | undefined }) {
  const source = useQuery({ ...jobQuery(job.copied_from ?? ""), enabled: job.copied_from !== null });
  const params = flat(job.params);
  return (
    <Paper withBorder p="md" component="section" aria-label="Facts">
      <Stack gap={6}>
        <Fact name="Kind" value={kind?.title ?? job.kind} />
        {job.dataset_id && (
          <Fact
            name="Dataset version"
            value={
              <Anchor component={Link} to={`/training?dataset=${job.dataset_id}`} size="sm" title="All jobs on this version">
                {job.dataset ?? "gone"}
              </Anchor>
            }
          />
        )}
        {source.data && (
          <Fact
            name="Copy of"
            value={
              <Anchor component={Link} to={`/training/${source.data.id}`} size="sm">
                {source.data.name}
              </Anchor>
            }
          />
        )}
        <Fact name="Created" value={formatDate(job.created_at)} title={formatExact(job.created_at)} />
        {job.started_at && <Fact name="Ran for" value={<RunTime job={job} />} title={`since ${formatExact(job.started_at)}`} />}
        <Fact name="Runs on" value={`${job.runner}, ${job.gpus === 0 ? "graphics cards as found" : `${job.gpus} graphics cards`}`} />
        {job.metrics["step"] !== undefined && <Fact name="Step" value={job.metrics["step"].toLocaleString("en")} />}
        {ordered(Object.keys(job.metrics)).map((name) => (
          <Fact key={name} name={metric(name).label} value={<span className="numeric">{withUnit(name, job.metrics[name] ?? 0)}</span>} />
        ))}
        {Object.entries(job.versions).map(([name, version]) => (
          <Fact key={name} name={name} value={version} title={version} />
        ))}
        <Copyable value={job.folder} label="the run directory" />
      </Stack>
      <Text fw={600} size="sm" mt="md" mb={4}>
        Parameters
      </Text>
      <Spoiler maxHeight={190} showLabel={`Show all ${params.length}`} hideLabel="Show fewer">
        <dl className={classes.params}>
          {params.map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt title={name} data-inner={name.includes(".") || undefined}>
                {name.split(".").at(-1)}
              </dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Spoiler>
    </Paper>
  );
}
