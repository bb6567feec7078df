import { Alert, Badge, Button, Group, Menu, Paper, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState, type Ref } from "react";
import { Key } from "@/shared/ui/Key";
import { REJECT_REASONS, STATUS_COLOR, STATUS_LABEL, type EpisodeDetail } from "../model";

const AUTOSAVE_MS = 800;

interface Props {
  episode: EpisodeDetail;
  error: string | null;
  saving: boolean;
  rejecting: boolean;
  noteRef: Ref<HTMLTextAreaElement>;
  onRejecting: (open: boolean) => void;
  onAccept: () => void;
  onReject: (reason: string) => void;
  onUndo: () => void;
  onNote: (note: string) => void;
}

/** The verdict: accept, reject with a reason, and a note that saves itself. */
export function ReviewPanel(props: Props) {
  const { episode, error, saving, rejecting, noteRef, onRejecting, onAccept, onReject, onUndo, onNote } = props;
  const [note, setNote] = useState(episode.note);
  const [other, setOther] = useState("");
  const save = useDebouncedCallback(onNote, { delay: AUTOSAVE_MS, flushOnUnmount: true });
  const judged = episode.status === "accepted" || episode.status === "rejected";
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600}>Review</Text>
          <Badge color={STATUS_COLOR[episode.status]} variant="light" data-testid="status">
            {STATUS_LABEL[episode.status]}
          </Badge>
        </Group>
        {episode.status === "rejected" && episode.reject_reason && <Text size="sm">Rejected: {episode.reject_reason}</Text>}
        <Group gap="xs" grow>
          <Button color="teal" onClick={onAccept} disabled={episode.status === "accepted"} rightSection={<Key onColor>A</Key>}>
            Accept
          </Button>
          <Menu opened={rejecting} onChange={onRejecting} width={260} position="bottom-end">
            <Menu.Target>
              <Button color="red" variant="light" rightSection={<Key>R</Key>}>
                Reject
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>Why?</Menu.Label>
              {REJECT_REASONS.map((reason) => (
                <Menu.Item key={reason} onClick={() => onReject(reason)}>
                  {reason}
                </Menu.Item>
              ))}
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  if (other.trim()) onReject(other.trim());
                }}
              >
                <TextInput
                  aria-label="Another reason"
                  placeholder="Another reason, then Enter"
                  value={other}
                  maxLength={200}
                  onChange={({ currentTarget }) => setOther(currentTarget.value)}
                  m={6}
                />
              </form>
            </Menu.Dropdown>
          </Menu>
        </Group>
        {judged && (
          <Button variant="subtle" size="xs" onClick={onUndo} rightSection={<Key>U</Key>}>
            Take the verdict back
          </Button>
        )}
        <Textarea
          ref={noteRef}
          label="Note"
          description={saving ? "Saving…" : "Saves itself"}
          autosize
          minRows={2}
          maxLength={4000}
          value={note}
          onChange={({ currentTarget }) => {
            setNote(currentTarget.value);
            save(currentTarget.value);
          }}
        />
        {error && (
          <Alert color="red" title="Not saved">
            {error}
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}
