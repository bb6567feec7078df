import { Button, Group, Paper, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Policy } from "@/shared/api/queries";
import { useChangePolicy } from "./queries";

interface Props {
  policy: Policy;
  editing: boolean;
  onEditing: (editing: boolean) => void;
}

/** What people found out about a policy. */
export function Notes({ policy, editing, onEditing }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-label="Notes">
      <Group justify="space-between" mb={4}>
        <Text fw={600}>Notes</Text>
        {!editing && (
          <Button size="compact-xs" variant="subtle" onClick={() => onEditing(true)}>
            Edit
          </Button>
        )}
      </Group>
      {editing ? (
        <Editor policy={policy} onDone={() => onEditing(false)} />
      ) : (
        <Text size="sm" c={policy.notes ? undefined : "dimmed"} style={{ whiteSpace: "pre-wrap" }}>
          {policy.notes || "Nothing yet. Write down what it does well and where it fails."}
        </Text>
      )}
    </Paper>
  );
}

function Editor({ policy, onDone }: { policy: Policy; onDone: () => void }) {
  const [draft, setDraft] = useState(policy.notes);
  const change = useChangePolicy(policy.id);
  return (
    <>
      <Textarea
        aria-label="Notes"
        autosize
        minRows={3}
        maxLength={4000}
        autoFocus
        value={draft}
        error={change.error?.message}
        onChange={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <Group justify="flex-end" mt="xs">
        <Button size="xs" variant="default" onClick={onDone}>
          Leave as it was
        </Button>
        <Button size="xs" loading={change.isPending} onClick={() => change.mutate({ notes: draft }, { onSuccess: onDone })}>
          Save
        </Button>
      </Group>
    </>
  );
}
