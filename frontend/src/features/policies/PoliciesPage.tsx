import { Anchor, Button, Chip, Group, Pill, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { fullName } from "@/shared/api/policyName";
import { datasetsQuery, policiesQuery } from "@/shared/api/queries";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { formatDate, formatExact, milliseconds } from "@/shared/ui/format";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { STAGES, type Stage } from "./model";
import classes from "./policies.module.css";
import { StageControl } from "./StageControl";

const route = getRouteApi("/policies");

/** Every policy the robot can run, newest first. */
export function PoliciesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const policies = useQuery(policiesQuery);
  const datasets = useQuery(datasetsQuery).data ?? [];
  const [current, setCurrent] = useState(0);
  const [help, setHelp] = useState(false);
  const shown = (policies.data ?? []).filter(
    ({ stage, dataset_id }) => (!search.stage || stage === search.stage) && (!search.dataset || dataset_id === search.dataset),
  );
  const of = datasets.find(({ id }) => id === search.dataset);
  const move = (step: number) => setCurrent((at) => Math.min(Math.max(at + step, 0), Math.max(shown.length - 1, 0)));
  const here = shown[current];
  const keys: KeyBinding[] = [
    { keys: ["j", "ArrowDown"], label: "Next policy", run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous policy", run: () => move(-1) },
    { keys: ["Enter"], label: "Open", run: () => here && void navigate({ to: "/policies/$id", params: { id: here.id } }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);
  return (
    <Page title="Policies">
      {policies.error && <EmptyState title="The policies cannot be read" text={policies.error.message} />}
      {policies.isPending && <Skeleton h={180} />}
      {policies.data?.length === 0 && (
        <EmptyState
          title="No policies yet"
          text="Open a training job and register one of its checkpoints: it is copied here with its hashes, and with the way back to every episode it learned from."
        >
          <Button component={Link} to="/training" variant="default">
            Go to Training
          </Button>
        </EmptyState>
      )}
      {policies.data && policies.data.length > 0 && (
        <>
          <Group gap="xs" mb="sm">
            <Chip.Group
              value={search.stage ?? ""}
              onChange={(stage) => void navigate({ search: { ...search, stage: (stage as Stage) || undefined }, replace: true })}
            >
              {["", ...STAGES].map((stage) => (
                <Chip key={stage} size="xs" value={stage}>
                  {stage || "all"}
                </Chip>
              ))}
            </Chip.Group>
            {search.dataset && (
              <Pill withRemoveButton onRemove={() => void navigate({ search: { ...search, dataset: undefined }, replace: true })}>
                from {of ? `${of.name}-v${of.number}` : "one dataset version"}
              </Pill>
            )}
            <Text size="sm" c="dimmed">
              {shown.length} {shown.length === 1 ? "policy" : "policies"}
            </Text>
          </Group>
          {shown.length === 0 && <EmptyState title="No policy matches" text="Take a filter away to see more." />}
          {shown.length > 0 && (
            <Table.ScrollContainer minWidth={860}>
              <Table verticalSpacing="sm" highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Policy</Table.Th>
                    <Table.Th>Stage</Table.Th>
                    <Table.Th>Dataset</Table.Th>
                    <Table.Th ta="right">Step</Table.Th>
                    <Table.Th ta="right" title="Over the error of repeating the last action or of the mean action, whichever is smaller; below 1 it has learned something">
                      Held-out error
                    </Table.Th>
                    <Table.Th ta="right">Inference, median</Table.Th>
                    <Table.Th>Notes</Table.Th>
                    <Table.Th ta="right">Registered</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {shown.map((policy, index) => (
                    <Table.Tr key={policy.id} data-testid="policy-row" className={classes.row} data-current={index === current || undefined}>
                      <Table.Td>
                        <Link to="/policies/$id" params={{ id: policy.id }} className={classes.link}>
                          {fullName(policy)}
                        </Link>
                        <Text size="xs" c="dimmed">
                          {policy.type}
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        <StageControl policy={policy} />
                      </Table.Td>
                      <Table.Td>
                        {policy.dataset_id ? (
                          <Anchor component={Link} to={`/policies?dataset=${policy.dataset_id}`} size="sm" ff="monospace" title="All policies of this version">
                            {policy.dataset ?? "gone"}
                          </Anchor>
                        ) : (
                          "–"
                        )}
                      </Table.Td>
                      <Table.Td className={classes.number}>
                        {policy.job_id ? (
                          <Anchor component={Link} to={`/training/${policy.job_id}`} size="sm" title="The job it comes from">
                            {policy.step.toLocaleString("en")}
                          </Anchor>
                        ) : (
                          policy.step.toLocaleString("en")
                        )}
                      </Table.Td>
                      <Table.Td className={classes.number}>{policy.open_loop ? `${policy.open_loop.score.toFixed(2)} × baseline` : "not measured"}</Table.Td>
                      <Table.Td className={classes.number} title={policy.latency ? `on ${policy.latency.device}` : "Measured when it is first run"}>
                        {policy.latency ? milliseconds(policy.latency.median_ms) : "not measured"}
                      </Table.Td>
                      <Table.Td maw={260}>
                        <Text size="sm" lineClamp={2} title={policy.notes}>
                          {policy.notes}
                        </Text>
                      </Table.Td>
                      <Table.Td className={classes.number} title={formatExact(policy.created_at)}>
                        {formatDate(policy.created_at)}
                      </Table.Td>
                    </Table.Tr>
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
