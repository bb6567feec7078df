import { Badge, Checkbox, CopyButton, Group, Image, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconHistory } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { clockTime, formatDate, formatExact } from "@/shared/ui/format";
import { STATUS_COLOR, STATUS_LABEL, times, whoDrove, type Episode } from "../model";
import { Quality } from "../Quality";
import classes from "./library.module.css";

interface Props {
  episode: Episode;
  current: boolean;
  selected: boolean;
  onSelect: (selected: boolean) => void;
}

export const EpisodeRow = memo(function EpisodeRow({ episode, current, selected, onSelect }: Props) {
  return (
    <div className={classes.row} data-current={current || undefined} data-testid="episode-row">
      <Checkbox
        aria-label={`Select ${episode.short_id}`}
        checked={selected}
        onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
      />
      <Link to="/episodes/$id" params={{ id: episode.id }} tabIndex={-1} className={classes.thumbnail}>
        <Image src={`/api/episodes/${episode.id}/thumbnail`} alt="" loading="lazy" h={42} w={56} radius="sm" />
      </Link>
      <CopyButton value={episode.id}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : `Copy ${episode.id}`}>
            <UnstyledButton className={classes.id} onClick={copy}>
              {episode.short_id}
            </UnstyledButton>
          </Tooltip>
        )}
      </CopyButton>
      <div className={classes.task}>
        <Group gap={6} wrap="nowrap">
          <Link to="/episodes/$id" params={{ id: episode.id }} className={classes.link}>
            {episode.task.name}
          </Link>
          {episode.interventions ? (
            <Tooltip label={`A person took over ${times(episode.interventions)}. ${whoDrove(episode)}`}>
              <Badge size="xs" variant="outline" color="grape" tabIndex={0} className={classes.takeovers} data-testid="takeovers">
                {episode.interventions} {episode.interventions === 1 ? "takeover" : "takeovers"}
              </Badge>
            </Tooltip>
          ) : null}
        </Group>
        <Text size="xs" c="dimmed" truncate title={episode.instruction}>
          {episode.instruction}
        </Text>
      </div>
      <span className={classes.number}>{clockTime(episode.length_s)}</span>
      <Text size="sm" truncate className={classes.operator}>
        {episode.operator}
      </Text>
      <Quality score={episode.quality_score} findings={episode.findings} />
      <Group gap={6} wrap="nowrap">
        <Badge color={STATUS_COLOR[episode.status]} variant="light">
          {STATUS_LABEL[episode.status]}
        </Badge>
        {episode.recovered && (
          <Tooltip label="Recovered after the recorder was interrupted">
            <IconHistory size={16} aria-label="recovered" />
          </Tooltip>
        )}
        {episode.event_count > 0 && (
          <Tooltip label={`${episode.event_count} marked events (falls, holds, changes of driver)`}>
            <IconAlertTriangle size={16} aria-label={`${episode.event_count} events`} />
          </Tooltip>
        )}
      </Group>
      <Text size="sm" c="dimmed" title={formatExact(episode.started_at)} className={classes.date}>
        {formatDate(episode.started_at)}
      </Text>
    </div>
  );
});
