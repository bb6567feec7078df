import { Paper, Stack, Text, Title } from "@mantine/core";
import { CommandLine } from "./CommandLine";
import type { Setup } from "./model";

const port = (address: string): string => address.slice(address.lastIndexOf(":") + 1);

/** How to go on without hardware: programs that speak the devices' own protocols. */
export function Emulators({ setup, devices }: { setup: Setup; devices: readonly string[] }) {
  return (
    <Paper withBorder bg="var(--panel)" p="md" component="section" aria-label="Without hardware">
      <Stack gap="sm">
        <div>
          <Title order={3} fz="md">
            No hardware at hand?
          </Title>
          <Text size="sm" c="dimmed" mt={2}>
            Emulators speak the same protocols, each in a terminal of its own. Type <code>help</code> there to move, lose or freeze what they wear.
          </Text>
        </div>
        {devices.includes("pico") && <CommandLine command={`.venv/bin/python -m devices.emulators.pico --port ${port(setup.headset_address)}`} />}
        {devices.includes("manus") && <CommandLine command={`.venv/bin/python -m devices.emulators.manus --port ${port(setup.gloves_address)}`} />}
      </Stack>
    </Paper>
  );
}
