import { Checkbox, Table, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { formatDate, formatExact } from "@/shared/ui/format";
import { headline, isOver, type Job } from "../model";
import { RunTime } from "../RunTime";
import { JobProgress, StateBadge } from "../StateBadge";
import { Sparkline } from "./Sparkline";
import classes from "./list.module.css";

interface Props {
  job: Job;
  kindTitle: string;
  current: boolean;
  selected: boolean;
  onSelect: (selected: boolean) => void;
}

export function JobRow({ job, kindTitle, current, selected, onSelect }: Props) {
  const bad = job.state === "failed" || job.state === "lost";
  return (
    <Table.Tr data-testid="job-row" data-current={current || undefined} className={classes.row}>
      <Table.Td w={36}>
        <Checkbox aria-label={`Compare ${job.name}`} checked={selected} onChange={({ currentTarget }) => onSelect(currentTarget.checked)} />
      </Table.Td>
      <Table.Td className={classes.name}>
        <Link to="/training/$id" params={{ id: job.id }} className={classes.link}>
          {job.name}
        </Link>
        <Text size="xs" c="dimmed">
          {kindTitle}
        </Text>
      </Table.Td>
      <Table.Td miw={210} maw={340}>
        <StateBadge job={job} />
        <JobProgress job={job} />
        {job.message && (bad || !isOver(job)) && (
          <Tooltip label={job.message}>
            <Text size="xs" c={bad ? "var(--fault)" : "dimmed"} lineClamp={bad ? 2 : 1} mt={2}>
              {headline(job)}
            </Text>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>
        <Sparkline job={job} />
      </Table.Td>
      <Table.Td>
        {job.dataset ? (
          <Text size="sm" ff="monospace">
            {job.dataset}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            –
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.number}>
        <RunTime job={job} />
      </Table.Td>
      <Table.Td className={classes.number} title={formatExact(job.created_at)}>
        {formatDate(job.created_at)}
      </Table.Td>
    </Table.Tr>
  );
}
