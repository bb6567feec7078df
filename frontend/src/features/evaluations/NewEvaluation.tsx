import { Alert, Button, Group, Modal, MultiSelect, NumberInput, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { policiesQuery } from "@/shared/api/queries";
import { subtaskLines } from "./model";
import { create, optionsQuery, useChange } from "./queries";

const MODES = [
  { value: "simulation", label: "In simulation" },
  { value: "manual", label: "Scored by hand" },
];
const MOST = 8;
const NONE: string[] = [];

/** What is compared, on which task, from how many starts. */
export function NewEvaluation({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const options = useQuery(optionsQuery).data;
  const policies = useQuery(policiesQuery).data ?? [];
  const form = useForm({
    initialValues: {
      mode: "simulation",
      name: "",
      task: "",
      policies: NONE,
      baselines: ["replay"],
      trials: 20,
      level: "0",
      seed: 100_000,
      latency_ms: 100,
      workers: 0,
      instruction: "",
      subtasks: "",
    },
    validate: {
      name: (value) => (value.trim() ? null : "Give it a name to find it again"),
      task: (value) => (value.trim() ? null : "Say what is to be done"),
      policies: (value, { mode, baselines }) => {
        const count = value.length + (mode === "simulation" ? baselines.length : 0);
        return count < 1 ? "Choose at least one" : count > MOST ? `At most ${MOST} together with the baselines` : null;
      },
      subtasks: (value, { mode }) => (mode === "manual" && subtaskLines(value).length === 0 ? "At least one, each on a line of its own" : null),
    },
  });
  const { values } = form;
  const simulated = values.mode === "simulation";
  const begin = useChange(create, ({ id }) => onCreated(id));
  const total = values.trials * (values.policies.length + (simulated ? values.baselines.length : 0));
  const submit = form.onSubmit(({ mode, name, task, policies: ids, baselines, trials, level, seed, latency_ms, workers, instruction, subtasks }) =>
    begin.mutate({
      mode: simulated ? "simulation" : "manual",
      name: name.trim(),
      task: task.trim(),
      policy_ids: ids,
      baselines: mode === "simulation" ? baselines : [],
      trials,
      seed,
      level: simulated ? Number(level) : 0,
      latency_ms,
      merge: "blend",
      workers: workers || options?.cores || 1,
      instruction: simulated ? "" : instruction.trim(),
      subtasks: simulated ? [] : subtaskLines(subtasks),
    }),
  );
  return (
    <Modal opened onClose={onClose} title="New evaluation" size="lg">
      <form onSubmit={submit}>
        <Stack>
          <SegmentedControl aria-label="Who judges" data={MODES} {...form.getInputProps("mode")} />
          <Text size="xs" c="dimmed">
            {simulated
              ? "A job runs every trial in physics; the task judges itself. The same seed gives the same result."
              : "On a real table: you set up each start, let the policy drive, and score it without knowing which one it was."}
          </Text>
          <Group grow align="flex-start">
            <TextInput label="Name" placeholder="all data against half" maxLength={120} data-autofocus {...form.getInputProps("name")} />
            {simulated ? (
              <Select label="Task" data={options?.simulated_tasks ?? NONE} searchable {...form.getInputProps("task")} onChange={(task) => form.setFieldValue("task", task ?? "")} />
            ) : (
              <TextInput label="Task" placeholder="tea box to shelf" maxLength={120} {...form.getInputProps("task")} />
            )}
          </Group>
          <MultiSelect
            label="Policies"
            placeholder={policies.length === 0 ? "None registered yet" : "Choose"}
            data={policies.map(({ id, name, number, stage }) => ({ value: id, label: `${name} v${number}${stage === "candidate" ? "" : ` (${stage})`}` }))}
            {...form.getInputProps("policies")}
          />
          {simulated && (
            <MultiSelect
              label="Baselines"
              description="replay: a random demonstration, whatever it sees. hold: stands still. What is not better than these has learned nothing."
              data={options?.baselines ?? NONE}
              {...form.getInputProps("baselines")}
            />
          )}
          {!simulated && (
            <>
              <TextInput label="Instruction" description="What the policy is told" maxLength={2000} {...form.getInputProps("instruction")} />
              <Textarea label="Subtasks" description="In their order, one on each line" placeholder={"grasp the box\nlift it\nput it on the shelf"} autosize minRows={3} {...form.getInputProps("subtasks")} />
            </>
          )}
          <Group grow align="flex-start">
            <NumberInput
              label="Starts"
              description="20 tell 90 % from 50 %; 80 % from 60 % needs 80"
              min={1}
              max={10_000}
              allowDecimal={false}
              {...form.getInputProps("trials")}
            />
            {simulated && (
              <Select
                label="Level"
                description="How much starts vary"
                allowDeselect={false}
                data={[
                  { value: "0", label: "0: poses a little" },
                  { value: "1", label: "1: poses, colours, light" },
                  { value: "2", label: "2: shapes, cameras, clutter too" },
                ]}
                {...form.getInputProps("level")}
              />
            )}
          </Group>
          {simulated && (
            <Group grow align="flex-start">
              <NumberInput label="First seed" description="Demonstrations count from 0" min={0} allowDecimal={false} {...form.getInputProps("seed")} />
              <NumberInput label="Latency of an answer" description="Simulated" suffix=" ms" min={0} max={10_000} {...form.getInputProps("latency_ms")} />
              <NumberInput label="Simulations at a time" description={`0 uses all ${options?.cores ?? ""} cores`} min={0} max={256} allowDecimal={false} {...form.getInputProps("workers")} />
            </Group>
          )}
          {begin.error && (
            <Alert color="red" title="Not started">
              {begin.error.message}
            </Alert>
          )}
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {total} {total === 1 ? "trial" : "trials"} in all
            </Text>
            <Button type="submit" loading={begin.isPending}>
              {simulated ? "Start" : "Begin scoring"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
