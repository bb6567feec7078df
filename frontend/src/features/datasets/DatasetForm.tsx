import { Alert, Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, http } from "@/shared/api/http";
import { tasksQuery } from "@/shared/api/queries";
import { slug } from "@/shared/ui/slug";

/** Freeze the accepted episodes of a task into a new version. */
export function DatasetForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const tasks = useQuery(tasksQuery).data ?? [];
  const form = useForm({
    initialValues: { name: "", task: "", fps: 30 },
    validate: {
      name: (value) => (slug(value) === value && value ? null : "Lower-case letters, digits, - and _; starts with a letter or digit"),
      task: (value) => (value ? null : "Choose a task"),
    },
  });
  const accepted = (id: string) => tasks.find((task) => task.id === id)?.counts["accepted"] ?? 0;
  const build = useMutation({
    mutationFn: ({ name, task, fps }: { name: string; task: string; fps: number }) =>
      body(http.POST("/api/datasets", { body: { name, task_id: task, fps } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["datasets"] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title="New dataset version">
      <form onSubmit={form.onSubmit((values) => build.mutate(values))}>
        <Stack>
          <Select
            label="Task"
            description="Its accepted episodes go in."
            data={tasks.map(({ id, name }) => ({ value: id, label: `${name} (${accepted(id)} accepted)`, disabled: accepted(id) === 0 }))}
            {...form.getInputProps("task")}
            onChange={(task) => {
              form.setFieldValue("task", task ?? "");
              const name = tasks.find(({ id }) => id === task)?.name;
              if (name && !form.values.name) form.setFieldValue("name", slug(name));
            }}
          />
          <TextInput label="Name" placeholder="tea-box-to-shelf" maxLength={60} {...form.getInputProps("name")} />
          <NumberInput label="Rows per second" suffix=" fps" min={1} max={120} allowDecimal={false} {...form.getInputProps("fps")} />
          {build.error && (
            <Alert color="red" title="Not started">
              {build.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={build.isPending}>
              Build and verify
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
