import { Chip, Group, MultiSelect, Pill, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Task } from "@/shared/api/queries";
import { STATUS_LABEL, STATUSES, type EpisodeStatus } from "../model";
import type { Filters } from "./filters";

interface Props {
  filters: Filters;
  tasks: readonly Task[];
  operators: readonly string[];
  onChange: (filters: Filters) => void;
}

/** Narrow the library down; every change is in the URL at once. */
export function FilterBar({ filters, tasks, operators, onChange }: Props) {
  const [text, setText] = useState(filters.text ?? "");
  const search = useDebouncedCallback((value: string) => onChange({ ...filters, text: value || undefined }), 250);
  return (
    <Group gap="xs" wrap="wrap">
      <TextInput
        aria-label="Search"
        placeholder="Search instruction, note or id"
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
        w={260}
      />
      <Select
        aria-label="Task"
        placeholder="All tasks"
        clearable
        searchable
        data={tasks.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.task ?? null}
        onChange={(task) => onChange({ ...filters, task: task ?? undefined })}
        w={200}
      />
      <MultiSelect
        aria-label="Status"
        placeholder={filters.status ? undefined : "Any status"}
        clearable
        data={STATUSES.map((value) => ({ value, label: STATUS_LABEL[value] }))}
        value={filters.status ?? []}
        onChange={(status) => onChange({ ...filters, status: status.length ? (status as EpisodeStatus[]) : undefined })}
        miw={180}
      />
      <Select
        aria-label="Operator"
        placeholder="All operators"
        clearable
        searchable
        data={[...operators]}
        value={filters.operator ?? null}
        onChange={(operator) => onChange({ ...filters, operator: operator ?? undefined })}
        w={170}
      />
      <Chip
        checked={filters.takeovers ?? false}
        onChange={(takeovers) => onChange({ ...filters, takeovers: takeovers || undefined })}
      >
        With takeovers
      </Chip>
      {filters.policy && (
        <Pill size="md" withRemoveButton removeButtonProps={{ "aria-label": "Any driver", tabIndex: 0 }} onRemove={() => onChange({ ...filters, policy: undefined })}>
          driven by {filters.policy}
        </Pill>
      )}
    </Group>
  );
}
