import { Button, Popover, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUser } from "@tabler/icons-react";
import { useState } from "react";
import { connection, useLive } from "@/shared/live/live";
import { operatorName, setOperatorName } from "@/shared/live/operatorName";

/** Who is at this screen: the name shown to others and stored with recordings. */
export function OperatorMenu() {
  const [opened, { close, toggle }] = useDisclosure();
  const [saved, setSaved] = useState(operatorName);
  const [draft, setDraft] = useState(saved);
  const [problem, setProblem] = useState("");
  const driving = useLive(
    ({ connection, telemetry }) => connection.state === "open" && telemetry?.tick?.lease === connection.client,
  );
  const save = () => {
    const error = setOperatorName(draft);
    setProblem(error);
    if (error) return;
    setSaved(operatorName());
    close();
    connection.reopen();
  };
  return (
    <Popover opened={opened} onChange={close} position="bottom-end" trapFocus shadow="md" withArrow>
      <Popover.Target>
        <Tooltip label="Your name, as others and the recordings see it">
          <Button variant="subtle" color="gray" leftSection={<IconUser size={16} />} onClick={toggle} maw={200}>
            {saved}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Stack gap="xs" w={240}>
            <TextInput label="Your name" value={draft} error={problem} onChange={(event) => setDraft(event.currentTarget.value)} />
            {driving && <Text size="xs">Release control first: a new name is a new connection.</Text>}
            <Button type="submit" disabled={driving}>
              Use this name
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
