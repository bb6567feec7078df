import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { body, http } from "@/shared/api/http";
import { slug } from "@/shared/ui/slug";
import type { Checkpoint, Job } from "../model";

/** Copy a checkpoint into the registry, where the robot can run it. */
export function RegisterDialog({ job, checkpoint, onClose }: { job: Job; checkpoint: Checkpoint; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: slug(job.name), notes: "" },
    validate: { name: (value) => (slug(value) === value && value ? null : "Lower-case letters, digits, - and _; starts with a letter or digit") },
  });
  const register = useMutation({
    mutationFn: ({ name, notes }: { name: string; notes: string }) =>
      body(http.POST("/api/policies", { body: { job_id: job.id, step: checkpoint.step, name, notes } })),
    onSuccess: async (policy) => {
      await Promise.all([client.invalidateQueries({ queryKey: ["policies"] }), client.invalidateQueries({ queryKey: ["jobs", "checkpoints", job.id] })]);
      await navigate({ to: "/policies/$id", params: { id: policy.id } });
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Register step ${checkpoint.step.toLocaleString("en")} as a policy`}>
      <form onSubmit={form.onSubmit((values) => register.mutate(values))}>
        <Stack>
          <TextInput label="Name" description="A name that is used already gets its next number." maxLength={60} data-autofocus {...form.getInputProps("name")} />
          <Textarea label="Notes" autosize minRows={2} maxLength={4000} {...form.getInputProps("notes")} />
          {register.error && (
            <Alert color="red" title="Not registered">
              {register.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={register.isPending}>
              Register
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
