import { Anchor, Badge, Paper, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { clockTime, formatDate, formatExact } from "@/shared/ui/format";
import type { PolicyDetail } from "./model";
import classes from "./policies.module.css";

const USES: Record<string, { label: string; color: string }> = {
  train: { label: "learned from", color: "teal" },
  held_out: { label: "held out", color: "blue" },
  unused: { label: "unused", color: "gray" },
};

/** The episodes in its dataset version, and what each was used for. */
export function Episodes({ policy }: { policy: PolicyDetail }) {
  return (
    <Paper withBorder p="md" mt="md" id="episodes" component="section" aria-label="Episodes">
      <Text fw={600} mb="xs">
        Episodes
      </Text>
      {policy.episodes.length === 0 ? (
        <Text size="sm" c="dimmed">
          Its dataset version is gone, or was made elsewhere.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={520} mah={420}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Episode</Table.Th>
                <Table.Th>Use</Table.Th>
                <Table.Th>Operator</Table.Th>
                <Table.Th>Controller</Table.Th>
                <Table.Th ta="right">Length [min:s]</Table.Th>
                <Table.Th ta="right">Recorded</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {policy.episodes.map((episode) => {
                const use = USES[episode.use] ?? { label: episode.use, color: "gray" };
                return (
                  <Table.Tr key={episode.id}>
                    <Table.Td>
                      <Anchor component={Link} to={`/episodes/${episode.id}`} size="sm" ff="monospace">
                        {episode.short_id}
                      </Anchor>
                    </Table.Td>
                    <Table.Td>
                      <Badge size="sm" variant="light" color={use.color}>
                        {use.label}
                      </Badge>
                    </Table.Td>
                    <Table.Td>{episode.operator}</Table.Td>
                    <Table.Td>{episode.controller}</Table.Td>
                    <Table.Td className={classes.number}>{clockTime(episode.length_s)}</Table.Td>
                    <Table.Td className={classes.number} title={formatExact(episode.started_at)}>
                      {formatDate(episode.started_at)}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}
