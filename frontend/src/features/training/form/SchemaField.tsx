import { ActionIcon, Group, NumberInput, Select, Switch, TagsInput, TextInput, Tooltip } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { choicesQuery } from "../queries";
import type { Field } from "./schema";

interface Props {
  field: Field;
  value: unknown;
  isChanged: boolean;
  /** Undefined goes back to what it was. */
  onChange: (value: unknown) => void;
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  if (Array.isArray(value) && value.length === 0) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return value >= 1000 ? value.toLocaleString("en") : String(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function range({ min, max }: Field): string {
  if (min !== undefined && max !== undefined) return `${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
  if (min !== undefined) return `at least ${min.toLocaleString("en")}`;
  return max === undefined ? "" : `at most ${max.toLocaleString("en")}`;
}

/** One parameter: the input its schema asks for, what it is for, and a way back once it was changed. */
export function SchemaField({ field, value, isChanged, onChange }: Props) {
  const hints = [field.help.replace(/\.$/, ""), range(field), field.default === undefined ? "" : `default ${shown(field.default)}`].filter(Boolean);
  const props = {
    label: (
      <Group gap={4} component="span" display="inline-flex" wrap="nowrap">
        <span style={isChanged ? { color: "var(--accent)" } : undefined}>
          {field.label}
          {field.unit && ` [${field.unit}]`}
        </span>
        {isChanged && (
          <Tooltip label="Back to what it was">
            <ActionIcon size="xs" variant="subtle" aria-label={`Take back the change of ${field.label}`} onClick={() => onChange(undefined)}>
              <IconArrowBackUp size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    ),
    description: hints.join("; "),
    inputWrapperOrder: ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[],
    required: field.required,
    "aria-label": field.label,
  };
  switch (field.kind) {
    case "integer":
    case "number":
      return (
        <NumberInput
          {...props}
          value={typeof value === "number" ? value : ""}
          placeholder={field.nullable ? "empty" : undefined}
          min={field.min}
          max={field.max}
          allowDecimal={field.kind === "number"}
          step={field.kind === "integer" ? 1 : 0.1}
          thousandSeparator={field.kind === "integer" ? "," : undefined}
          onChange={(next) => onChange(next === "" ? (field.nullable ? null : undefined) : Number(next))}
        />
      );
    case "boolean":
      return <Switch {...props} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />;
    case "choice":
      return <Choice field={field} value={value} onChange={onChange} input={props} />;
    case "words":
      return <TagsInput {...props} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} placeholder="Type and press Enter" />;
    case "text":
      return (
        <TextInput
          {...props}
          value={typeof value === "string" ? value : ""}
          placeholder={field.nullable ? "empty" : undefined}
          onChange={({ currentTarget }) => onChange(currentTarget.value === "" && field.nullable ? null : currentTarget.value)}
        />
      );
    case "json":
      return <Json key={JSON.stringify(value)} value={value} onChange={onChange} input={props} />;
    case "group":
      return null;
  }
}

type Input = Omit<Props, "field" | "isChanged"> & { input: object };

function Choice({ field, value, onChange, input }: Input & { field: Field }) {
  const listed = useQuery(choicesQuery(field.choicesFrom));
  const named = listed.data?.map(({ name, title }) => ({ value: name, label: title === name ? name : `${title} (${name})` }));
  const data = named ?? field.choices.map((choice) => ({ value: String(choice), label: String(choice) }));
  return (
    <Select
      {...input}
      data={named && !named.some((one) => one.value === value) ? [...data, { value: String(value), label: String(value) }] : data}
      value={value === null || value === undefined ? null : String(value)}
      searchable={data.length > 8}
      clearable={field.nullable}
      error={listed.error?.message}
      placeholder={listed.isFetching ? "Reading what there is" : "empty"}
      onChange={(next) => onChange(next === null ? (field.nullable ? null : undefined) : (field.choices.find((choice) => String(choice) === next) ?? next))}
    />
  );
}

/** Lists of numbers and whatever else has no input of its own; taken over when it is valid JSON and the field is left. */
function Json({ value, onChange, input }: Input) {
  const [draft, setDraft] = useState(value === undefined ? "" : JSON.stringify(value));
  const [problem, setProblem] = useState("");
  const take = () => {
    try {
      onChange(draft.trim() === "" ? undefined : JSON.parse(draft));
      setProblem("");
    } catch {
      setProblem('Not valid JSON; write lists as [64, 128], texts as "words", nothing as null');
    }
  };
  return <TextInput {...input} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} value={draft} error={problem} onBlur={take} onChange={({ currentTarget }) => setDraft(currentTarget.value)} />;
}
