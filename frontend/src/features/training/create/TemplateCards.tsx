import { SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import type { Field } from "../form/schema";
import { at } from "../form/values";
import type { JobTemplate } from "../model";
import classes from "./create.module.css";

const MOST_FACTS = 5;

/** The plain numbers and words of a template, such as `steps 5,000`. */
function facts(template: JobTemplate, fields: readonly Field[]): string {
  return fields
    .flatMap(({ path, label, unit, kind }) => {
      const value = at(template.params, path);
      if (kind === "integer" || kind === "number") return typeof value === "number" ? [`${label} ${value.toLocaleString("en")} ${unit}`.trim()] : [];
      return kind === "choice" && typeof value === "string" ? [`${label} ${value}`] : [];
    })
    .slice(0, MOST_FACTS)
    .join(" · ");
}

interface Props {
  templates: readonly JobTemplate[];
  fields: readonly Field[];
  chosen: JobTemplate | undefined;
  onChoose: (name: string) => void;
}

/** Good places to start from: what each is for and what it needs. */
export function TemplateCards({ templates, fields, chosen, onChoose }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="sm" role="radiogroup" aria-label="Template">
      {templates.map((template) => (
        <UnstyledButton
          key={template.name}
          role="radio"
          aria-checked={template === chosen}
          className={classes.card}
          data-chosen={template === chosen || undefined}
          onClick={() => onChoose(template.name)}
        >
          <Text fw={620} size="sm">
            {template.title}
          </Text>
          <Text size="xs" c="dimmed" mt={4}>
            {template.text}
          </Text>
          <Text size="xs" mt={8} className="numeric">
            {facts(template, fields)}
          </Text>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
