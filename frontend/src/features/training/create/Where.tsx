import { Group, NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { runnersQuery } from "../queries";
import type { Draft } from "./useDraft";

/** Where the job runs, and on how many graphics cards. */
export function Where({ draft }: { draft: Draft }) {
  const runners = useQuery(runnersQuery).data ?? [];
  const away = runners.filter(({ available }) => !available).map(({ name, why_not }) => `${name}: ${why_not}`);
  return (
    <Group align="start" mt="lg">
      <Select
        label="Runs on"
        w={260}
        data={runners.map(({ name, available }) => ({ value: name, label: available ? name : `${name} (not here)`, disabled: !available }))}
        value={draft.runner}
        allowDeselect={false}
        description={away.length > 0 ? `Not here, ${away.join("; ")}` : "Where its process runs"}
        inputWrapperOrder={["label", "input", "description"]}
        onChange={(name) => name && draft.setRunner(name)}
      />
      <NumberInput
        label="Graphics cards"
        w={260}
        min={0}
        max={64}
        allowDecimal={false}
        value={draft.gpus}
        description="0 takes what is there; more than 1 starts one process on each"
        inputWrapperOrder={["label", "input", "description"]}
        onChange={(count) => draft.setGpus(Number(count) || 0)}
      />
    </Group>
  );
}
