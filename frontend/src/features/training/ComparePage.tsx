import { Alert, Anchor, Group, Skeleton, Table, Text } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { CurvePlots } from "./job/Curves";
import { differing, flat } from "./job/params";
import { ordered, metric, withUnit } from "./metrics";
import { isOver, type Job } from "./model";
import { curvesQuery, jobsQuery } from "./queries";
import { StateBadge } from "./StateBadge";

const route = getRouteApi("/training/compare");
const POINTS = 500;

/** What a job was told, with what is not among its parameters. */
const told = (job: Job): [string, string][] => [
  ["dataset version", job.dataset ?? "none"],
  ["runs on", job.runner],
  ["graphics cards", String(job.gpus)],
  ...Object.entries(job.versions),
  ...flat(job.params),
];

/** Two to four jobs: their curves over each other, and only what differs between them. */
export function ComparePage() {
  const { jobs: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const all = useQuery(jobsQuery);
  const [help, setHelp] = useState(false);
  const jobs = useMemo(() => asked.flatMap((id) => all.data?.find((job) => job.id === id) ?? []), [asked, all.data]);
  const curves = useQueries({ queries: jobs.map((job) => curvesQuery(job.id, POINTS, !isOver(job))) });
  const measured = curves.map(({ data }) => data);
  const tables = jobs.flatMap((job, i) => {
    const data = measured[i];
    // Two jobs of one name must stay apart in the legend.
    const twin = jobs.some((other) => other !== job && other.name === job.name);
    return data ? [{ label: twin ? `${job.name} ${job.id.slice(0, 4)}` : job.name, curves: data.curves }] : [];
  });
  const rows = differing(jobs.map(told));
  const measures = ordered([...new Set(jobs.flatMap(({ metrics }) => Object.keys(metrics)))]);
  const keys: KeyBinding[] = [
    { keys: ["b"], label: "Back to the list", run: () => void navigate({ to: "/training" }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);
  return (
    <Page
      title={
        <Group gap="sm" component="span">
          <Anchor component={Link} to="/training" size="sm">
            Training
          </Anchor>
          <span>Compare {jobs.length} jobs</span>
        </Group>
      }
    >
      {all.isPending && <Skeleton h={320} />}
      {all.data && jobs.length < asked.length && (
        <Alert color="yellow" mb="md">
          {asked.length - jobs.length} of the jobs in this link are gone.
        </Alert>
      )}
      {all.data && jobs.length < 2 && (
        <EmptyState title="Nothing to compare" text="Tick two to four jobs in the list, then press Compare.">
          <Anchor component={Link} to="/training">
            Go to the list
          </Anchor>
        </EmptyState>
      )}
      {jobs.length > 1 && (
        <>
          {tables.length > 0 && <CurvePlots tables={tables} sync="compare" />}
          <Text fw={620} mt="xl" mb="xs">
            What differs
          </Text>
          <Table.ScrollContainer minWidth={700}>
            <Table verticalSpacing={6} striped>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Parameter</Table.Th>
                  {jobs.map((job) => (
                    <Table.Th key={job.id}>
                      <Group gap={6} wrap="nowrap">
                        <Anchor component={Link} to={`/training/${job.id}`} size="sm">
                          {job.name}
                        </Anchor>
                        <StateBadge job={job} />
                      </Group>
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ name, values }) => (
                  <Table.Tr key={name}>
                    <Table.Td c="dimmed">{name}</Table.Td>
                    {values.map((value, i) => (
                      <Table.Td key={jobs[i]?.id} className="numeric">
                        {value ?? <Text span c="dimmed">not said</Text>}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
                {rows.length === 0 && (
                  <Table.Tr>
                    <Table.Td colSpan={jobs.length + 1}>They were told the same.</Table.Td>
                  </Table.Tr>
                )}
                {measures.map((name) => (
                  <Table.Tr key={`measured ${name}`}>
                    <Table.Td fw={600}>{metric(name).label}, newest</Table.Td>
                    {jobs.map((job) => (
                      <Table.Td key={job.id} fw={600} className="numeric">
                        {job.metrics[name] === undefined ? "–" : withUnit(name, job.metrics[name])}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
