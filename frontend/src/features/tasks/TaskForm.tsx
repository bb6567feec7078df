import { Alert, Button, Group, Modal, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import type { Task } from "@/shared/api/queries";

interface Values {
  name: string;
  instruction: string;
  goal: number;
}

const store = (task: Task | null, change: Partial<Values> & { archived?: boolean }): Promise<Task> =>
  task
    ? body(http.PATCH("/api/tasks/{task_id}", { params: { path: { task_id: task.id } }, body: change }))
    : body(http.POST("/api/tasks", { body: { name: "", instruction: "", goal: 0, ...change } }));

/** Create a task, or change or archive one. */
export function TaskForm({ task, onClose }: { task: Task | null; onClose: () => void }) {
  const client = useQueryClient();
  const form = useForm<Values>({
    initialValues: { name: task?.name ?? "", instruction: task?.instruction ?? "", goal: task?.goal ?? 50 },
    validate: {
      name: (value) => (value.trim() ? null : "Give it a short name"),
      instruction: (value) => (value.trim() ? null : "Say what the robot shall do"),
    },
  });
  const save = useMutation({
    mutationFn: (change: Partial<Values> & { archived?: boolean }) => store(task, change),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tasks"] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={task ? "Edit task" : "New task"}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <TextInput label="Name" placeholder="Tea box to shelf" maxLength={120} data-autofocus {...form.getInputProps("name")} />
          <Textarea
            label="Instruction"
            description="What a policy is told; one sentence in the imperative."
            placeholder="Pick up the tea box and put it on the lower board of the shelf."
            autosize
            minRows={2}
            maxLength={2000}
            {...form.getInputProps("instruction")}
          />
          <NumberInput
            label="Goal"
            description="Accepted episodes wanted; 0 for no goal."
            min={0}
            max={1_000_000}
            allowDecimal={false}
            {...form.getInputProps("goal")}
          />
          {save.error && (
            <Alert color="red" title="Not saved">
              {save.error.message}
            </Alert>
          )}
          <Group justify="space-between">
            {task ? (
              <Button variant="subtle" color="red" onClick={() => save.mutate({ archived: true })}>
                Archive
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
