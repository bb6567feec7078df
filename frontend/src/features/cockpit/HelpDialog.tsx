import { Alert, Button, Group, Modal, Tabs } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { bindingsStore } from "@/shared/input/bindingsStore";
import { conflicts } from "@/shared/input/keyBindings";
import { padConflicts } from "@/shared/input/padBindings";
import { GamepadHelp } from "./GamepadHelp";
import { KeyboardHelp } from "./KeyboardHelp";

/** The map of all keys and buttons; click one to change it. */
export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { keys, pad } = useSyncExternalStore(bindingsStore.subscribe, bindingsStore.get);
  const shared = conflicts(keys).size + padConflicts(pad).size;
  return (
    <Modal opened={opened} onClose={onClose} title="Keys, gamepad and pointer" size="64rem">
      <Tabs defaultValue="keyboard">
        <Tabs.List mb="md">
          <Tabs.Tab value="keyboard">Keyboard</Tabs.Tab>
          <Tabs.Tab value="gamepad">Gamepad</Tabs.Tab>
          <Tabs.Tab value="pointer">Pointer and safety</Tabs.Tab>
        </Tabs.List>
        {shared > 0 && (
          <Alert color="yellow" mb="md">
            Some keys or buttons have two meanings; both happen at once. They are marked below.
          </Alert>
        )}
        <Tabs.Panel value="keyboard">
          <KeyboardHelp keys={keys} />
        </Tabs.Panel>
        <Tabs.Panel value="gamepad">
          <GamepadHelp pad={pad} />
        </Tabs.Panel>
        <Tabs.Panel value="pointer">
          <PointerHelp />
        </Tabs.Panel>
      </Tabs>
      <Group justify="flex-end" mt="lg">
        <Button variant="subtle" color="gray" onClick={() => bindingsStore.reset()}>
          Back to the defaults
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Modal>
  );
}

function PointerHelp() {
  return (
    <ul>
      <li>
        <strong>STOP</strong> is the red button on every page, the Esc key, and in the cockpit the space bar pressed twice.
      </li>
      <li>Nothing moves unless a motion key, a bumper of the gamepad, or the pointer on a handle is held down.</li>
      <li>In the 3D view, drag an arrow or ring at the wrist of the chosen hand. The robot follows only while you hold it.</li>
      <li>Drag elsewhere in the 3D view to look around; scroll to come nearer.</li>
      <li>When this page loses the focus, everything is let go. After two seconds control is free for others.</li>
      <li>Windows offers sticky keys after five quick presses of Shift: decline, or choose another motion key.</li>
    </ul>
  );
}
