import { Group, Modal, Stack, Text } from "@mantine/core";
import { Key } from "./Key";
import type { KeyBinding } from "@/shared/input/useKeys";

const NAMES: Record<string, string> = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

interface Props {
  title: string;
  keys: readonly KeyBinding[];
  opened: boolean;
  onClose: () => void;
}

/** The map of the page's keys. */
export function KeyHelp({ title, keys, opened, onClose }: Props) {
  return (
    <Modal title={title} opened={opened} onClose={onClose}>
      <Stack gap="xs">
        {keys.map(({ keys: names, label, shift }) => (
          <Group key={label} justify="space-between">
            <Text size="sm">{label}</Text>
            <Group gap={4}>
              {shift && <Key>Shift</Key>}
              {names.map((name) => (
                <Key key={name}>{NAMES[name] ?? name.toUpperCase()}</Key>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
