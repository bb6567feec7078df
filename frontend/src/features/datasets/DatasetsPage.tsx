import { Button, Skeleton, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { datasetsQuery } from "@/shared/api/queries";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { DatasetForm } from "./DatasetForm";
import { DatasetRow } from "./DatasetRow";

const route = getRouteApi("/datasets");

/** Freeze versions: what is in, whether it is verified, where it lies. */
export function DatasetsPage() {
  const { version } = route.useSearch();
  const datasets = useQuery(datasetsQuery);
  const [creating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      New version
    </Button>
  );
  return (
    <Page title="Datasets" actions={create}>
      {datasets.error && <EmptyState title="The datasets cannot be read" text={datasets.error.message} />}
      {datasets.isPending && <Skeleton h={180} />}
      {datasets.data?.length === 0 && (
        <EmptyState
          title="No dataset versions yet"
          text="Accept some episodes, then freeze them: the version is written as LeRobot v3, read back and compared with its sources before it is called ready."
        >
          {create}
        </EmptyState>
      )}
      {datasets.data && datasets.data.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            A version never changes. It is verified with LeRobot itself: rows equal frames, every video decodes, statistics are finite.
          </Text>
          <Table.ScrollContainer minWidth={860}>
            <Table verticalSpacing="sm" highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Version</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th ta="right">Episodes</Table.Th>
                  <Table.Th ta="right">Rows</Table.Th>
                  <Table.Th ta="right">Rate</Table.Th>
                  <Table.Th ta="right">Size</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {datasets.data.map((dataset) => (
                  <DatasetRow key={dataset.id} dataset={dataset} wanted={dataset.id === version} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
      {creating && <DatasetForm onClose={() => setCreating(false)} />}
    </Page>
  );
}
