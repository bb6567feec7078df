import { Group, Paper, SimpleGrid, Skeleton, Switch, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { schemaQuery } from "../queries";
import { fieldsOf, found, type Field } from "./schema";
import { SchemaField } from "./SchemaField";
import { baseOf, baseValue, changed, filled, merged, type Changes, type Params } from "./values";

interface Props {
  fields: readonly Field[];
  /** What the template or the copied job says. */
  given: Params;
  changes: Changes;
  onChange: (changes: Changes) => void;
}

/** Every parameter there is, with a search; made from the schema alone. */
export function SchemaForm({ fields, given, changes, onChange }: Props) {
  const [query, setQuery] = useState("");
  const [onlyChanged, setOnlyChanged] = useState(false);
  const count = Object.keys(changes).length;
  const inner = { all: fields, given, changes, onChange, query, onlyChanged: onlyChanged && count > 0 };
  return (
    <div>
      <Group mb="sm" gap="md">
        <TextInput
          flex={1}
          maw={420}
          leftSection={<IconSearch size={15} />}
          placeholder="Search by name or description, such as learning rate"
          aria-label="Search parameters"
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <Switch
          label="Only what I changed"
          checked={onlyChanged}
          disabled={count === 0}
          onChange={({ currentTarget }) => setOnlyChanged(currentTarget.checked)}
        />
      </Group>
      <Fields {...inner} fields={fields} />
    </div>
  );
}

interface FieldsProps extends Omit<Props, "fields"> {
  all: readonly Field[];
  fields: readonly Field[];
  query: string;
  onlyChanged: boolean;
}

function Fields({ all, fields, query, onlyChanged, given, changes, onChange }: FieldsProps) {
  const base = baseOf(all, given, changes);
  const isChanged = ({ path }: Field) => path.join(".") in changes;
  const simple = found(fields.filter(({ kind }) => kind !== "group"), query).filter((field) => !onlyChanged || isChanged(field));
  const groups = fields.filter(({ kind }) => kind === "group");
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="lg" verticalSpacing="md">
        {simple.map((field) => {
          const key = field.path.join(".");
          return (
            <SchemaField
              key={key}
              field={field}
              value={key in changes ? changes[key] : baseValue(field, base)}
              isChanged={key in changes}
              onChange={(value) => onChange(changed(all, given, changes, field, value))}
            />
          );
        })}
      </SimpleGrid>
      {groups.map((group) => (
        <FieldGroup key={group.path.join(".")} group={group} all={all} query={query} onlyChanged={onlyChanged} given={given} changes={changes} onChange={onChange} />
      ))}
    </>
  );
}

function FieldGroup({ group, ...rest }: Omit<FieldsProps, "fields"> & { group: Field }) {
  const params = { ...defaults(rest.all), ...merged(baseOf(rest.all, rest.given, rest.changes), rest.changes) };
  const address = group.schemaFrom === undefined ? null : filled(group.schemaFrom, params);
  const loaded = useQuery(schemaQuery(address));
  const inside = loaded.data ? fieldsOf(loaded.data, group.path) : group.children;
  const about = loaded.data?.description ?? group.help;
  return (
    <Paper withBorder p="md" mt="md">
      <Text fw={600} size="sm">
        {loaded.data?.title ? `${loaded.data.title}: ${group.label}` : group.label}
      </Text>
      <Text size="xs" c="dimmed" mb="sm">
        {about} {inside.length > 0 && `${inside.length} fields.`}
      </Text>
      {loaded.error && (
        <Text size="sm" c="var(--fault)">
          {loaded.error.message}
        </Text>
      )}
      {address !== null && loaded.isPending && (
        <>
          <Text size="xs" c="dimmed">
            Reading the fields of this policy; the first time takes some seconds.
          </Text>
          <Skeleton h={120} mt="xs" />
        </>
      )}
      {inside.length > 0 && <Fields {...rest} fields={inside} />}
    </Paper>
  );
}

const defaults = (fields: readonly Field[]): Params =>
  Object.fromEntries(fields.filter((field) => field.default !== undefined).map((field) => [field.path.join("."), field.default]));
