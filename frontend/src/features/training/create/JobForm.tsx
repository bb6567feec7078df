import { Alert, Anchor, Badge, Button, Chip, Group, Paper, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { versionName } from "@/shared/api/datasets";
import { fullName } from "@/shared/api/policyName";
import { datasetsQuery } from "@/shared/api/queries";
import { body, http } from "@/shared/api/http";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { several } from "@/shared/ui/format";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { SchemaForm } from "../form/SchemaForm";
import { jobQuery } from "../queries";
import type { Job, JobKind } from "../model";
import type { NewSearch } from "../search";
import { Checks } from "./Checks";
import classes from "./create.module.css";
import { TemplateCards } from "./TemplateCards";
import { useDraft, type Draft } from "./useDraft";
import { Where } from "./Where";

const route = getRouteApi("/training/new");

/** A copy on the same data and place keeps the link to what it was copied from. */
function start({ body: wanted }: Draft, copied: Job | undefined): Promise<Job> {
  const alike = copied && wanted.kind === copied.kind && wanted.dataset_id === copied.dataset_id && wanted.runner === copied.runner && wanted.gpus === copied.gpus;
  if (!alike) return body(http.POST("/api/jobs", { body: wanted }));
  return body(
    http.POST("/api/jobs/{job_id}/duplicate", {
      params: { path: { job_id: copied.id } },
      body: { name: wanted.name, params: wanted.params },
    }),
  );
}

export function JobForm({ kinds, copied }: { kinds: readonly JobKind[]; copied: Job | undefined }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const draft = useDraft(search, kinds, copied);
  const datasets = useQuery(datasetsQuery).data ?? [];
  const [open, setOpen] = useState(copied !== undefined);
  const [help, setHelp] = useState(false);
  const submit = useMutation({
    mutationFn: () => start(draft, copied),
    onSuccess: async (job) => {
      client.setQueryData(jobQuery(job.id).queryKey, job);
      await client.invalidateQueries({ queryKey: ["jobs"], exact: true });
      await navigate({ to: "/training/$id", params: { id: job.id } });
    },
  });
  const go = (next: NewSearch) => void navigate({ search: { ...search, ...next }, replace: true });
  const { kind, template, fields, changes } = draft;
  const templates = kind?.templates ?? [];
  const count = Object.keys(changes).length;
  const mustFill = templates.length === 0 && !copied;
  const expanded = open || mustFill;
  const keys: KeyBinding[] = [
    { keys: ["p"], label: "Show or hide all parameters", run: () => setOpen((shown) => !shown) },
    { keys: ["?"], label: "This help", run: () => setHelp((shown) => !shown) },
  ];
  useKeys(keys);

  return (
    <div className={classes.layout}>
      <div>
        {kinds.length > 1 && !copied && (
          <Chip.Group
            value={kind?.name ?? ""}
            onChange={(name) => {
              draft.setChanges({});
              go({ kind: String(name), template: undefined });
            }}
          >
            <Group gap={6} mb="lg" role="group" aria-label="What to run">
              {kinds.map(({ name, title }) => (
                <Chip key={name} value={name} size="sm">
                  {title}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
        {templates.length > 0 && !copied && (
          <section className={classes.section}>
            <h3 className={classes.heading}>Start from</h3>
            <TemplateCards
              templates={templates}
              fields={fields}
              chosen={template}
              onChoose={(name) => {
                draft.setChanges({});
                go({ template: name });
              }}
            />
          </section>
        )}
        <section className={classes.section}>
          <h3 className={classes.heading}>{kind?.needs_dataset ? "Data and name" : "Name"}</h3>
          {draft.init && (
            <Text size="sm" mb="xs">
              Starts from the weights of {" "}
              <Anchor component={Link} to={`/policies/${draft.init.id}`} size="sm">
                {fullName(draft.init)}
              </Anchor>
              .
            </Text>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {kind?.needs_dataset && (
              <Select
                label="Dataset version"
                placeholder={datasets.length > 0 ? "Choose a version" : "There is none yet: freeze one on the Datasets page"}
                searchable
                data={datasets.map((one) => ({
                  value: one.id,
                  label: `${versionName(one)}: ${several(one.episodes, "episode")}, ${several(one.rows, "row")}${one.state === "ready" ? "" : ` (${one.state})`}`,
                  disabled: one.state !== "ready",
                }))}
                value={draft.dataset?.id ?? null}
                onChange={(id) => go({ dataset: id ?? undefined })}
              />
            )}
            <TextInput label="Name" maxLength={120} value={draft.name} onChange={({ currentTarget }) => draft.setName(currentTarget.value)} />
          </SimpleGrid>
        </section>
        <section className={classes.section}>
          <Group justify="space-between" mb="xs">
            <h3 className={classes.heading}>
              Parameters{" "}
              {count > 0 && (
                <Badge variant="light" size="sm">
                  {count} changed
                </Badge>
              )}
            </h3>
            <Group gap="xs">
              {count > 0 && (
                <Button size="xs" variant="subtle" onClick={() => draft.setChanges({})}>
                  Take back all changes
                </Button>
              )}
              {!mustFill && (
                <Button size="xs" variant="default" aria-expanded={expanded} onClick={() => setOpen(!expanded)}>
                  {expanded ? "Hide" : "Change parameters"}
                </Button>
              )}
            </Group>
          </Group>
          {expanded ? (
            <>
              <SchemaForm fields={fields} given={draft.given} changes={changes} onChange={draft.setChanges} />
              <Where draft={draft} />
            </>
          ) : (
            <Text size="sm" c="dimmed">
              {copied ? "As in the job it is copied from" : "As the template says"}
              {count > 0 && `, but ${count} changed`}. Every field of the policy&rsquo;s own configuration can be changed here.
            </Text>
          )}
        </section>
      </div>
      <Paper withBorder p="md" className={classes.side}>
        <Stack>
          <Text fw={620}>Before it starts</Text>
          <Checks preflight={draft.preflight} waitingFor={draft.reason} />
          {submit.error && (
            <Alert color="red" title="Not started">
              {submit.error.message}
            </Alert>
          )}
          <ReasonButton
            reason={draft.reason}
            hint="It goes on when this page is closed, and is found again on the Training page"
            loading={submit.isPending}
            fullWidth
            onClick={() => submit.mutate()}
          >
            Start
          </ReasonButton>
        </Stack>
      </Paper>
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
