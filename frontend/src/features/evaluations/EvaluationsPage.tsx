import { Button, Skeleton, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { formatDate, formatExact } from "@/shared/ui/format";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import classes from "./evaluations.module.css";
import { NewEvaluation } from "./NewEvaluation";
import { evaluationsQuery } from "./queries";
import { StateBadge } from "./StateBadge";

/** Which policy is better, and how sure one can be. */
export function EvaluationsPage() {
  const navigate = useNavigate();
  const evaluations = useQuery(evaluationsQuery);
  const [creating, setCreating] = useState(false);
  const [help, setHelp] = useState(false);
  const keys: KeyBinding[] = [
    { keys: ["n"], label: "New evaluation", run: () => setCreating(true) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);
  const begin = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      New evaluation
    </Button>
  );
  return (
    <Page title="Evaluations" actions={begin}>
      {evaluations.error && <EmptyState title="The evaluations cannot be read" text={evaluations.error.message} />}
      {evaluations.isPending && <Skeleton h={180} />}
      {evaluations.data?.length === 0 && (
        <EmptyState
          title="Nothing has been compared yet"
          text="Let policies and baselines do a task from the same starts, blind and in turns. You get success per subtask with intervals, and are told only of differences that are more than chance."
        >
          {begin}
        </EmptyState>
      )}
      {evaluations.data && evaluations.data.length > 0 && (
        <Table.ScrollContainer minWidth={820}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Evaluation</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Policies</Table.Th>
                <Table.Th ta="right">Starts</Table.Th>
                <Table.Th ta="right">Created</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {evaluations.data.map((evaluation) => (
                <Table.Tr key={evaluation.id} data-testid="evaluation-row">
                  <Table.Td>
                    <Link to="/evaluations/$id" params={{ id: evaluation.id }} className={classes.name}>
                      {evaluation.name}
                    </Link>
                    <Text size="xs" c="dimmed">
                      {evaluation.task}
                      {evaluation.level === null ? ", scored by hand" : `, level ${evaluation.level}, in simulation`}
                    </Text>
                  </Table.Td>
                  <Table.Td w={260}>
                    <StateBadge evaluation={evaluation} />
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{evaluation.policies.map(({ name }) => name).join(", ")}</Text>
                  </Table.Td>
                  <Table.Td className={classes.number}>{evaluation.trials}</Table.Td>
                  <Table.Td className={classes.number} title={formatExact(evaluation.created_at)}>
                    {formatDate(evaluation.created_at)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {creating && <NewEvaluation onClose={() => setCreating(false)} onCreated={(id) => void navigate({ to: "/evaluations/$id", params: { id } })} />}
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
