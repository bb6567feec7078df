import { Anchor, Group, NumberInput, Paper, Radio, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { policiesQuery, robotQuery } from "@/shared/api/queries";
import { useClientId } from "@/shared/live/live";
import type { Situation } from "@/shared/live/situation";
import type { Takes } from "@/shared/takes/useTakes";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { noStart, type Rollout, type RolloutIn } from "./model";
import type { useRolloutAction } from "./queries";

const MERGES: { value: NonNullable<RolloutIn["merge"]>; label: string }[] = [
  { value: "blend", label: "blend: fade over to the new chunk" },
  { value: "ensemble", label: "ensemble: average all chunks (ACT)" },
  { value: "rtc", label: "rtc: continue the old chunk (flow matching)" },
  { value: "naive", label: "naive: switch at once" },
];

interface Props {
  rollout: Rollout | undefined;
  situation: Situation;
  act: ReturnType<typeof useRolloutAction>;
  /** What it is told is what is recorded for. */
  takes: Takes;
  /** From the address: the policy to begin with. */
  wanted: string | undefined;
}

/** What shall drive, and what it is told. Nothing moves before Start. */
export function Setup({ rollout, situation, act, takes, wanted }: Props) {
  const policies = (useQuery(policiesQuery).data ?? []).filter(({ stage }) => stage !== "retired");
  const tasks = takes.tasks ?? [];
  const robot = useQuery(robotQuery).data;
  const client = useClientId();
  const [source, setSource] = useState<"registry" | "server">("registry");
  const [policy, setPolicy] = useState<string | null>(wanted ?? null);
  const [url, setUrl] = useState("ws://127.0.0.1:8765");
  const [token, setToken] = useState("");
  const [dialect, setDialect] = useState<NonNullable<RolloutIn["dialect"]>>("bunraku");
  const [merge, setMerge] = useState<NonNullable<RolloutIn["merge"]>>("blend");
  const [steps, setSteps] = useState(10);
  const [handBack, setHandBack] = useState(true);
  const chosen = policies.find(({ id }) => id === policy);
  const told = tasks.find(({ id }) => id === takes.task);
  const ready = source === "registry" ? chosen !== undefined : /^wss?:\/\/\S+$/.test(url);
  const reason = noStart(situation, rollout, ready) || (tasks.length > 0 && !told ? "Choose the task it is told" : "");
  const start = () =>
    act.mutate({
      kind: "start",
      body: {
        client,
        policy_id: source === "registry" ? (chosen?.id ?? null) : null,
        url: source === "server" ? url : "",
        token: source === "server" ? token : "",
        dialect: source === "server" ? dialect : "bunraku",
        task: told?.instruction ?? "",
        merge,
        s_min: steps,
        hand_back: handBack,
      },
    });
  return (
    <Paper withBorder p="md" component="section" aria-label="What shall drive">
      <Stack gap="sm">
        <Radio.Group value={source} onChange={(value) => setSource(value as "registry" | "server")}>
          <Group gap="md">
            <Radio size="xs" value="registry" label="A registered policy" />
            <Radio size="xs" value="server" label="A policy server" />
          </Group>
        </Radio.Group>
        {source === "registry" ? (
          <Select
            label="Policy"
            placeholder={policies.length > 0 ? "Choose one" : "None is registered yet"}
            searchable
            data={policies.map(({ id, name, number, stage, type }) => ({ value: id, label: `${name}-${number} (${type}, ${stage})` }))}
            value={policy}
            onChange={setPolicy}
            description={
              chosen ? (
                <>
                  {`Sees ${chosen.manifest.cameras.map(({ name }) => name.replaceAll("_", " ")).join(", ") || "no camera"}. `}
                  <Anchor component={Link} to={`/policies/${chosen.id}`} size="xs">
                    Where it comes from
                  </Anchor>
                </>
              ) : (
                policies.length === 0 && "Register a checkpoint of a training job first."
              )
            }
            inputWrapperOrder={["label", "input", "description"]}
          />
        ) : (
          <>
            <TextInput label="Address" placeholder="ws://127.0.0.1:8765" value={url} onChange={({ currentTarget }) => setUrl(currentTarget.value)} />
            <Group grow>
              <TextInput label="Token" type="password" autoComplete="off" value={token} onChange={({ currentTarget }) => setToken(currentTarget.value)} />
              <Select
                label="Protocol"
                allowDeselect={false}
                data={["bunraku", "openpi"]}
                value={dialect}
                onChange={(value) => setDialect(value === "openpi" ? "openpi" : "bunraku")}
              />
            </Group>
          </>
        )}
        <Select
          label="Task"
          allowDeselect={false}
          data={tasks.map(({ id, name }) => ({ value: id, label: name }))}
          value={told?.id ?? null}
          onChange={(id) => takes.chooseTask(id ?? "")}
          placeholder={tasks.length > 0 ? "Choose a task" : "No tasks yet: create one on the Tasks page"}
          description={told ? `It is told: ${told.instruction}` : undefined}
          inputWrapperOrder={["label", "input", "description"]}
        />
        <Text size="xs" c="dimmed">
          Robot: {robot?.name ?? "not known yet"}
        </Text>
        <Stack gap="sm">
          <Select label="New chunks" allowDeselect={false} data={MERGES} value={merge} onChange={(value) => setMerge(MERGES.find((one) => one.value === value)?.value ?? "blend")} />
          <NumberInput label="Ask again after [actions]" min={1} max={200} allowDecimal={false} value={steps} onChange={(value) => setSteps(Number(value) || 1)} />
        </Stack>
        <Switch
          size="sm"
          label="Drives on when I let go after taking over"
          checked={handBack}
          onChange={({ currentTarget }) => setHandBack(currentTarget.checked)}
        />
        {act.error && (
          <Text size="sm" c="var(--fault)" role="alert">
            {act.error.message}
          </Text>
        )}
        <ReasonButton reason={reason} hint="It drives as soon as its first actions are there. Hold your motion key to take over." loading={act.isPending} onClick={start}>
          Start the policy
        </ReasonButton>
        {reason && (
          <Text size="xs" c="dimmed">
            {reason}.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
