import { Button, Modal, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { isOver, noResume, noStop, type Job, type JobKind } from "../model";
import type { useJobAction } from "../queries";

export interface ActionProps {
  job: Job;
  kind: JobKind | undefined;
  act: ReturnType<typeof useJobAction>;
  onDuplicate: () => void;
}

/** Stop, go on, do it again, forget it. */
export function JobActions({ job, kind, act, onDuplicate }: ActionProps) {
  const [asking, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const run = (action: "stop" | "resume") =>
    act.mutate(action, { onError: (error) => notifications.show({ color: "red", title: "Not done", message: error.message }) });
  const forget = () =>
    act.mutate("delete", {
      onSuccess: () => void navigate({ to: "/training" }),
      onError: (error) => notifications.show({ color: "red", title: "Not deleted", message: error.message }),
    });
  return (
    <>
      <ReasonButton
        variant="default"
        reason={noStop(job)}
        hint="It writes a checkpoint and ends; it can be resumed from there"
        keyHint="Shift S"
        onClick={() => run("stop")}
      >
        Stop
      </ReasonButton>
      <ReasonButton variant="default" reason={noResume(job, kind)} hint="Goes on from its newest checkpoint" keyHint="R" onClick={() => run("resume")}>
        Resume
      </ReasonButton>
      <Button variant="default" onClick={onDuplicate}>
        Duplicate
      </Button>
      <ReasonButton
        variant="subtle"
        color="red"
        reason={isOver(job) ? "" : "Stop it first"}
        hint="Removes the job with its log and checkpoints; policies made from it stay"
        onClick={open}
      >
        Delete
      </ReasonButton>
      <Modal opened={asking} onClose={close} title={`Delete ${job.name}?`}>
        <Text size="sm">Its curves, log and checkpoints are removed from disk. Policies that were registered from it stay. This cannot be undone.</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button color="red" loading={act.isPending} onClick={forget}>
            Delete
          </Button>
        </Group>
      </Modal>
    </>
  );
}
