import { Button, Chip, Group, Pill, Skeleton, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { datasetsQuery } from "@/shared/api/queries";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { JobRow } from "./list/JobRow";
import { jobsQuery, kindsQuery } from "./queries";

const route = getRouteApi("/training");
const MOST = 4;

/** Start and watch: every job, newest first. */
export function TrainingPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const jobs = useQuery(jobsQuery);
  const kinds = useQuery(kindsQuery).data ?? [];
  const datasets = useQuery(datasetsQuery).data ?? [];
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [current, setCurrent] = useState(0);
  const [help, setHelp] = useState(false);

  const present = new Set(jobs.data?.map(({ kind }) => kind));
  const shown = (jobs.data ?? []).filter(
    ({ kind, dataset_id }) => (!search.kind || kind === search.kind) && (!search.dataset || dataset_id === search.dataset),
  );
  const of = datasets.find(({ id }) => id === search.dataset);
  const kindTitle = (name: string) => kinds.find((kind) => kind.name === name)?.title ?? name;
  const select = (id: string, on: boolean) => setSelected((old) => (on ? [...old.filter((one) => one !== id), id] : old.filter((one) => one !== id)));
  const compareReason = selected.length < 2 ? "Tick two to four jobs first" : selected.length > MOST ? `At most ${MOST} at once; ${selected.length} are ticked` : "";
  const compare = () => void navigate({ to: "/training/compare", search: { jobs: [...selected] } });
  const move = (step: number) => setCurrent((at) => Math.min(Math.max(at + step, 0), Math.max(shown.length - 1, 0)));
  const here = shown[current];

  const keys: KeyBinding[] = [
    { keys: ["j", "ArrowDown"], label: "Next job", run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous job", run: () => move(-1) },
    { keys: ["Enter"], label: "Open", run: () => here && void navigate({ to: "/training/$id", params: { id: here.id } }) },
    { keys: ["x"], label: "Tick for comparing", run: () => here && select(here.id, !selected.includes(here.id)) },
    { keys: ["c"], label: "Compare the ticked jobs", run: () => compareReason === "" && compare() },
    { keys: ["n"], label: "New job", run: () => void navigate({ to: "/training/new", search: {} }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);

  const create = (
    <Button component={Link} to="/training/new" leftSection={<IconPlus size={16} />}>
      New training
    </Button>
  );
  return (
    <Page
      title="Training"
      actions={
        <>
          <ReasonButton variant="default" reason={compareReason} hint="Curves over each other, and what differs" onClick={compare}>
            Compare{selected.length > 0 && ` ${selected.length}`}
          </ReasonButton>
          {create}
        </>
      }
    >
      {jobs.error && <EmptyState title="The jobs cannot be read" text={jobs.error.message} />}
      {jobs.isPending && <Skeleton h={220} />}
      {jobs.data?.length === 0 && (
        <EmptyState
          title="Nothing has been trained yet"
          text="Freeze a dataset version of accepted episodes, choose a template, and start: curves, log and checkpoints appear here, and a finished checkpoint becomes a policy the robot can run."
        >
          <Group>
            {datasets.length === 0 && (
              <Button component={Link} to="/datasets" variant="default">
                Freeze a dataset first
              </Button>
            )}
            {create}
          </Group>
        </EmptyState>
      )}
      {jobs.data && jobs.data.length > 0 && (
        <>
          <Group gap="xs" mb="sm">
            {present.size > 1 && (
              <Chip.Group value={search.kind ?? ""} onChange={(kind) => void navigate({ search: { ...search, kind: String(kind) || undefined }, replace: true })}>
                <Chip size="xs" value="">
                  All
                </Chip>
                {[...present].map((name) => (
                  <Chip key={name} size="xs" value={name}>
                    {kindTitle(name)}
                  </Chip>
                ))}
              </Chip.Group>
            )}
            {search.dataset && (
              <Pill withRemoveButton onRemove={() => void navigate({ search: { ...search, dataset: undefined }, replace: true })}>
                on {of ? `${of.name}-v${of.number}` : "one dataset version"}
              </Pill>
            )}
            <Text size="sm" c="dimmed">
              {shown.length} {shown.length === 1 ? "job" : "jobs"}
            </Text>
          </Group>
          {shown.length === 0 && <EmptyState title="No job matches" text="Take a filter away to see more." />}
          {shown.length > 0 && (
            <Table.ScrollContainer minWidth={900}>
              <Table verticalSpacing="sm" highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th />
                    <Table.Th>Job</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Course</Table.Th>
                    <Table.Th>Dataset</Table.Th>
                    <Table.Th ta="right">Ran for</Table.Th>
                    <Table.Th ta="right">Created</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {shown.map((job, index) => (
                    <JobRow
                      key={job.id}
                      job={job}
                      kindTitle={kindTitle(job.kind)}
                      current={index === current}
                      selected={selected.includes(job.id)}
                      onSelect={(on) => select(job.id, on)}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
        </>
      )}
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
