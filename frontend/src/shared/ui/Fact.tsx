import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** A name and its value on one line. */
export function Fact({ name, value, title }: { name: string; value: ReactNode; title?: string }) {
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}>
        {name}
      </Text>
      <Text size="sm" component="span" title={title} truncate>
        {value}
      </Text>
    </Group>
  );
}
