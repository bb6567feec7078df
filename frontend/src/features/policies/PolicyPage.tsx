import { Anchor, Group, Paper, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { fullName } from "@/shared/api/policyName";
import { CorrectionsCard } from "@/shared/corrections/CorrectionsCard";
import { useCorrections } from "@/shared/corrections/useCorrections";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { GroupErrors } from "@/shared/plot/GroupErrors";
import { EmptyState } from "@/shared/ui/EmptyState";
import { several } from "@/shared/ui/format";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { Episodes } from "./Episodes";
import { Lineage } from "./Lineage";
import { Notes } from "./Notes";
import classes from "./policies.module.css";
import { PolicyFacts } from "./PolicyFacts";
import { policyQuery } from "./queries";
import { StageControl } from "./StageControl";

const route = getRouteApi("/policies/$id");

/** One policy: where it comes from, what it needs, how good it looks. */
export function PolicyPage() {
  const { id } = route.useParams();
  const navigate = route.useNavigate();
  const { data: policy, error } = useQuery(policyQuery(id));
  const corrections = useCorrections(id);
  const [editing, setEditing] = useState(false);
  const [help, setHelp] = useState(false);
  const keys: KeyBinding[] = [
    { keys: ["e"], label: "Edit the notes", run: () => setEditing(true) },
    { keys: ["c"], label: "Build the version with corrections", run: corrections.build },
    { keys: ["f"], label: "Fine-tune on it", run: () => policy && corrections.fineTune(policy) },
    { keys: ["t"], label: "The job it comes from", run: () => policy?.job_id && void navigate({ to: "/training/$id", params: { id: policy.job_id } }) },
    { keys: ["b"], label: "Back to the list", run: () => void navigate({ to: "/policies" }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);
  if (error) {
    return (
      <EmptyState title="This policy cannot be shown" text={error.message}>
        <Anchor component={Link} to="/policies">
          Back to the list
        </Anchor>
      </EmptyState>
    );
  }
  if (!policy) return <Skeleton m="md" h={480} />;
  const noDrive = policy.stage === "retired" ? "It is retired: make it a candidate first" : "";
  const drive = () => void navigate({ to: "/rollout", search: { policy: policy.id } });
  return (
    <Page
      title={
        <Group gap="sm" component="span" wrap="nowrap">
          <Anchor component={Link} to="/policies" size="sm">
            Policies
          </Anchor>
          <span>{fullName(policy)}</span>
          <StageControl policy={policy} />
        </Group>
      }
      actions={
        <ReasonButton
          reason={noDrive}
          hint="Opens the rollout page; nothing moves before you start it there"
          onClick={drive}
        >
          Let it drive
        </ReasonButton>
      }
    >
      <Lineage policy={policy} />
      <div className={classes.columns}>
        <div>
          <Notes policy={policy} editing={editing} onEditing={setEditing} />
          <div className={classes.gap}>
            <CorrectionsCard
              policy={policy}
              corrections={corrections}
              keys={{ build: "C", fineTune: "F" }}
              begin={
                <ReasonButton size="xs" variant="default" reason={noDrive} hint="Nothing moves before you start it there" onClick={drive}>
                  Go to the rollout page
                </ReasonButton>
              }
            />
          </div>
          <Paper withBorder p="md" mt="md" component="section" aria-label="Held-out error">
            <Text fw={600}>Error on held-out episodes</Text>
            {policy.open_loop ? (
              <>
                <Text size="xs" c="dimmed" mb="sm">
                  {several(policy.open_loop.samples, "sample")} of {several(policy.open_loop.episodes.length, "episode")} never trained on; mean absolute error over the whole
                  chunk
                </Text>
                <GroupErrors groups={policy.open_loop.groups} />
              </>
            ) : (
              <Text size="sm" c="dimmed">
                Not measured: no episodes were held out when it was trained.
              </Text>
            )}
          </Paper>
          <Episodes policy={policy} />
        </div>
        <PolicyFacts policy={policy} />
      </div>
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
