import { Paper, Stack, Text, Title } from "@mantine/core";
import { CommandLine } from "./CommandLine";
import { Emulators } from "./Emulators";
import { Figure } from "./Figure";
import type { Setup } from "./model";
import classes from "./rig.module.css";

/** What a rig is, and the exact command that starts with one. */
export function NoRig({ setup }: { setup: Setup }) {
  return (
    <div className={classes.columns}>
      <div className={classes.figure}>
        <Figure />
      </div>
      <Stack gap="md" maw="46rem">
        <div>
          <Title order={3} fz="lg">
            Drive with your own body
          </Title>
          <Text c="dimmed" mt={4}>
            A headset with motion trackers moves the robot's wrists, head, steps and squats; gloves move its fingers. Nothing is set up on this
            machine yet. Start Bunraku again with the devices that you wear:
          </Text>
        </div>
        <Paper withBorder bg="var(--panel)" p="md" component="section" aria-label="Start with a rig">
          <Stack gap="sm">
            <Choice title="Headset and gloves" command="BUNRAKU_RIG=pico,manus make run" />
            <Choice title="Headset and five trackers" command="BUNRAKU_RIG=pico make run" />
            <Choice title="Gloves alone" command="BUNRAKU_RIG=manus make run" />
            <Text size="xs" c="dimmed">
              The headset then connects to {setup.headset_address}: over USB as it is, over Wi-Fi with BUNRAKU_PICO_HOST=0.0.0.0 on a network you trust.
              A glove bridge is expected at {setup.gloves_address}. Every device: {setup.available.join(", ")}. docs/rig.md has all of it.
            </Text>
          </Stack>
        </Paper>
        <Emulators setup={setup} devices={["pico", "manus"]} />
      </Stack>
    </div>
  );
}

function Choice({ title, command }: { title: string; command: string }) {
  return (
    <div>
      <Text size="sm" fw={560} mb={4}>
        {title}
      </Text>
      <CommandLine command={command} />
    </div>
  );
}
