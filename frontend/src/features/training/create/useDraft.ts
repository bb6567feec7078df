import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { versionName } from "@/shared/api/datasets";
import { fullName } from "@/shared/api/policyName";
import { datasetsQuery, policiesQuery, type Dataset, type Policy } from "@/shared/api/queries";
import { fieldsOf, type JsonSchema } from "../form/schema";
import { baseOf, merged, missing, type Changes } from "../form/values";
import type { Job, JobIn, JobKind, JobTemplate } from "../model";
import { preflightQuery } from "../queries";
import type { NewSearch } from "../search";

const QUIET_MS = 700;

export interface Draft {
  kind: JobKind | undefined;
  template: JobTemplate | undefined;
  name: string;
  setName: (name: string) => void;
  dataset: Dataset | undefined;
  /** The policy it starts from. */
  init: Policy | undefined;
  runner: string;
  setRunner: (runner: string) => void;
  gpus: number;
  setGpus: (gpus: number) => void;
  fields: ReturnType<typeof fieldsOf>;
  given: Job["params"];
  changes: Changes;
  setChanges: (changes: Changes) => void;
  body: JobIn;
  preflight: { findings: readonly { check: string; severity: string; text: string }[]; checking: boolean; problem: string };
  /** Why it cannot be started; empty when it can. */
  reason: string;
}

/** A job that is being put together: what the address says, what was typed, and what the checks say about it. */
export function useDraft(search: NewSearch, kinds: readonly JobKind[], copied: Job | undefined): Draft {
  const datasets = useQuery(datasetsQuery).data ?? [];
  const policies = useQuery(policiesQuery).data ?? [];
  const [typed, setName] = useState<string | null>(null);
  const [runner, setRunner] = useState(copied?.runner ?? "local");
  const [gpus, setGpus] = useState(copied?.gpus ?? 0);
  const [changes, setChanges] = useState<Changes>({});

  const kind = kinds.find(({ name }) => name === (search.kind ?? copied?.kind)) ?? kinds[0];
  const init = policies.find(({ id }) => id === search.init);
  const templates = kind?.templates ?? [];
  // Without the job of the policy to start from, the template of its type comes closest.
  const fitting = templates.find(({ params }) => init !== undefined && params["policy"] === init.type) ?? templates[0];
  const template = copied ? undefined : (templates.find(({ name }) => name === search.template) ?? fitting);
  const dataset = datasets.find(({ id }) => id === (search.dataset ?? copied?.dataset_id));
  const given = { ...(copied?.params ?? template?.params), ...(init && { init_policy: init.id }) };
  const fields = fieldsOf((kind?.params_schema ?? {}) as JsonSchema);
  const params = merged(baseOf(fields, given, changes), changes);
  // What a title says in brackets is for choosing, not for a name.
  const what = (template?.title ?? kind?.title ?? "").replace(/\s*\(.*\)/, "");
  const onData = dataset && kind?.needs_dataset ? ` on ${versionName(dataset)}` : "";
  const suggested = init ? `Fine-tune of ${fullName(init)}${onData}` : copied ? `${copied.name} (copy)` : `${what}${onData}`;
  const name = typed ?? suggested.slice(0, 120);
  const body: JobIn = { kind: kind?.name ?? "", name: name.trim(), params, runner, gpus, dataset_id: kind?.needs_dataset ? (dataset?.id ?? null) : null };

  const absent = missing(fields, params);
  const incomplete = !kind
    ? "Reading what can be run"
    : kind.needs_dataset && !dataset
      ? "Choose a dataset version first"
      : !body.name
        ? "Give it a name"
        : absent.length > 0
          ? `Fill in: ${absent.join(", ")}`
          : "";
  // The checks do not depend on the name, and typing it shall not repeat them.
  const text = incomplete ? "" : JSON.stringify({ ...body, name: "draft" });
  const [settled] = useDebouncedValue(text, QUIET_MS);
  const checks = useQuery(preflightQuery(settled));
  const checking = text !== "" && (settled !== text || checks.isFetching);
  const findings = checking || text === "" ? [] : (checks.data?.findings ?? []);
  const problem = checking || text === "" ? "" : (checks.error?.message ?? "");
  const failed = findings.find(({ severity }) => severity === "fail");
  const reason = incomplete || (checking ? "The checks are not done yet" : problem || failed?.text || "");
  return {
    ...{ kind, template, name, setName, dataset, init, runner, setRunner, gpus, setGpus, fields, given, changes, setChanges, body, reason },
    preflight: { findings, checking, problem },
  };
}
