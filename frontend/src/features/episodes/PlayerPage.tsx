import { Anchor, Skeleton, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Player } from "./player/Player";
import classes from "./player/player.module.css";
import { episodeQuery } from "./queries";

const route = getRouteApi("/episodes/$id");

/** One episode: everything that was recorded on one clock, and the verdict. */
export function PlayerPage() {
  const { id } = route.useParams();
  const { t } = route.useSearch();
  const episode = useQuery(episodeQuery(id));
  const client = useQueryClient();
  const next = episode.data?.next_id;
  useEffect(() => {
    if (next) void client.prefetchQuery(episodeQuery(next));
  }, [client, next]);
  if (episode.error) {
    return (
      <EmptyState title="This episode cannot be shown" text={episode.error.message}>
        <Anchor component={Link} to="/episodes">
          Back to the list
        </Anchor>
      </EmptyState>
    );
  }
  if (!episode.data) return <Skeleton m="md" h={480} />;
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Anchor component={Link} to="/episodes" size="sm">
          Episodes
        </Anchor>
        <div className={classes.title}>
          <Text fw={600} truncate>
            {episode.data.task.name} <span className={classes.unit}>{episode.data.short_id}</span>
          </Text>
          <Text size="sm" c="dimmed" truncate title={episode.data.instruction}>
            {episode.data.instruction}
          </Text>
        </div>
      </div>
      <Player key={id} episode={episode.data} start_s={t ?? 0} />
    </div>
  );
}
