import { Anchor, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { sentence } from "@/shared/ui/format";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { Page } from "@/shared/ui/Page";
import { Checkpoints } from "./job/Checkpoints";
import { Curves } from "./job/Curves";
import { Ending } from "./job/Ending";
import { JobActions } from "./job/JobActions";
import { JobFacts } from "./job/JobFacts";
import classes from "./job/job.module.css";
import { LogPanel } from "./job/LogPanel";
import { OpenLoopPanel } from "./job/OpenLoopPanel";
import { useEnding } from "./job/useEnding";
import { isOver, noResume, noStop } from "./model";
import { jobQuery, kindsQuery, useJobAction } from "./queries";
import { JobProgress, StateBadge } from "./StateBadge";

const route = getRouteApi("/training/$id");

/** One job: how it is, how it goes, what it said and what it made. */
export function JobPage() {
  const { id } = route.useParams();
  const navigate = route.useNavigate();
  const query = useQuery(jobQuery(id));
  const kinds = useQuery(kindsQuery).data;
  const act = useJobAction(id);
  const [help, setHelp] = useState(false);
  const job = query.data;
  useEnding(job);
  const kind = kinds?.find(({ name }) => name === job?.kind);
  const duplicate = () => void navigate({ to: "/training/new", search: { from: id } });
  const keys: KeyBinding[] = [
    { keys: ["d"], label: "Duplicate", run: duplicate },
    { keys: ["r"], label: "Resume", run: () => job && noResume(job, kind) === "" && act.mutate("resume") },
    { keys: ["s"], shift: true, label: "Stop, after its next checkpoint", run: () => job && noStop(job) === "" && act.mutate("stop") },
    { keys: ["b"], label: "Back to the list", run: () => void navigate({ to: "/training" }) },
    { keys: ["?"], label: "This help", run: () => setHelp((open) => !open) },
  ];
  useKeys(keys);

  if (query.error) {
    return (
      <EmptyState title="This job cannot be shown" text={query.error.message}>
        <Anchor component={Link} to="/training">
          Back to the list
        </Anchor>
      </EmptyState>
    );
  }
  if (!job) return <Skeleton m="md" h={480} />;
  return (
    <Page
      title={
        <Group gap="sm" component="span" wrap="nowrap">
          <Anchor component={Link} to="/training" size="sm">
            Training
          </Anchor>
          <span>{job.name}</span>
          <StateBadge job={job} />
        </Group>
      }
      actions={<JobActions job={job} kind={kind} act={act} onDuplicate={duplicate} />}
    >
      <Ending job={job} kind={kind} act={act} onDuplicate={duplicate} />
      {!isOver(job) && (
        <>
          <JobProgress job={job} />
          <Text size="sm" c="dimmed" mb="md">
            {sentence(job.message)}
          </Text>
        </>
      )}
      <div className={classes.columns}>
        <div>
          <Curves job={job} />
          <OpenLoopPanel job={job} />
          <div className={classes.section}>
            <LogPanel key={job.id} job={job} />
          </div>
        </div>
        <aside>
          <JobFacts job={job} kind={kind} />
          <Checkpoints job={job} />
        </aside>
      </div>
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </Page>
  );
}
