import { ActionIcon, Badge, Button, CopyButton, Group, Progress, Table, Text, Tooltip } from "@mantine/core";
import { IconCopy, IconDownload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { DATASET_COLOR } from "@/shared/api/datasets";
import { isBuilding, type Dataset } from "@/shared/api/queries";
import { bytes } from "@/shared/ui/format";

const load = ({ name, folder }: Dataset): string => `LeRobotDataset("${name}", root="${folder}")`;

const show = (row: HTMLTableRowElement | null) => row?.scrollIntoView({ block: "nearest" });

/** `wanted` when the address names it: then it is brought into view. */
export function DatasetRow({ dataset, wanted }: { dataset: Dataset; wanted: boolean }) {
  return (
    <Table.Tr data-testid="dataset-row" ref={wanted ? show : undefined} bg={wanted ? "var(--mantine-primary-color-light)" : undefined} aria-current={wanted || undefined}>
      <Table.Td>
        <Text fw={600} size="sm">
          {dataset.name} <Text span c="dimmed">v{dataset.number}</Text>
        </Text>
        {dataset.content_hash && (
          <Text size="xs" c="dimmed" ff="monospace" title={dataset.content_hash}>
            {dataset.content_hash.slice(0, 12)}
          </Text>
        )}
      </Table.Td>
      <Table.Td w={280}>
        <Group gap="xs" wrap="nowrap">
          <Badge color={DATASET_COLOR[dataset.state]} variant="light">
            {dataset.state}
          </Badge>
          {isBuilding(dataset) && <Progress flex={1} value={dataset.progress * 100} animated aria-label="Progress of the build" />}
        </Group>
        {dataset.message && dataset.state !== "ready" && (
          <Text size="xs" c={dataset.state === "failed" ? "red" : "dimmed"} mt={4}>
            {dataset.message}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{dataset.episodes}</Table.Td>
      <Table.Td ta="right">{dataset.rows > 0 ? dataset.rows.toLocaleString() : "–"}</Table.Td>
      <Table.Td ta="right">{dataset.fps} fps</Table.Td>
      <Table.Td ta="right">{dataset.size_bytes > 0 ? bytes(dataset.size_bytes) : "–"}</Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <CopyButton value={load(dataset)}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? "Copied" : load(dataset)} maw={480}>
                <ActionIcon variant="subtle" aria-label="Copy the line that loads it" onClick={copy} disabled={dataset.state !== "ready"}>
                  <IconCopy size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
          {dataset.state === "ready" && (
            <Button component={Link} to={`/training/new?dataset=${dataset.id}`} size="xs" variant="subtle">
              Train
            </Button>
          )}
          {dataset.state === "ready" && (
            <Button component={Link} to={`/policies?dataset=${dataset.id}`} size="xs" variant="subtle">
              Policies
            </Button>
          )}
          <Tooltip label="It can be downloaded when it is built and verified" disabled={dataset.state === "ready"}>
            <Button
              component="a"
              size="xs"
              variant="light"
              leftSection={<IconDownload size={14} />}
              href={`/api/datasets/${dataset.id}/download`}
              data-disabled={dataset.state !== "ready" || undefined}
              onClick={(event) => dataset.state !== "ready" && event.preventDefault()}
            >
              Download
            </Button>
          </Tooltip>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
