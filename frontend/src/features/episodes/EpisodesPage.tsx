import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { tasksQuery } from "@/shared/api/queries";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { EmptyState } from "@/shared/ui/EmptyState";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import { EpisodeList } from "./library/EpisodeList";
import { FilterBar } from "./library/FilterBar";
import { nextSort, type Filters } from "./library/filters";
import classes from "./library/library.module.css";
import type { Episode } from "./model";
import { episodesQuery, useReview } from "./queries";

const route = getRouteApi("/episodes");

/** Find and judge: the filtered library, worst first when asked, all of it by keyboard too. */
export function EpisodesPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const setFilters = (search: Filters) => void navigate({ search, replace: true });
  const tasks = useQuery(tasksQuery);
  const library = useInfiniteQuery(episodesQuery(filters));
  const review = useReview();
  const [current, setCurrent] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [help, setHelp] = useState(false);

  const episodes = library.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = library.data?.pages[0]?.total ?? 0;
  const chosen = episodes.filter(({ id }) => selected.has(id));
  const targets = chosen.length > 0 ? chosen : episodes.slice(current, current + 1);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = library;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const judge = async (judged: readonly Episode[], status: "accepted" | "new" | "rejected") => {
    const results = await Promise.allSettled(
      judged.map((episode) =>
        review.mutateAsync({ episode, change: { status, reject_reason: status === "rejected" ? "Rejected in the list" : "" } }),
      ),
    );
    const failed = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason.message)] : []));
    if (failed.length > 0) notifications.show({ color: "red", title: "Not every verdict was stored", message: failed[0] });
    setSelected(new Set());
  };
  const move = (step: number) => setCurrent((at) => Math.min(Math.max(at + step, 0), Math.max(episodes.length - 1, 0)));
  const open = () => {
    const episode = episodes[current];
    if (episode) void navigate({ to: "/episodes/$id", params: { id: episode.id } });
  };
  const toggle = () => {
    const episode = episodes[current];
    if (episode) select([episode.id], !selected.has(episode.id));
  };
  const select = (ids: readonly string[], checked: boolean) =>
    setSelected((old) => {
      const next = new Set(old);
      for (const id of ids) if (checked) next.add(id); else next.delete(id);
      return next;
    });

  const keys: KeyBinding[] = [
    { keys: ["j", "ArrowDown"], label: "Next episode", run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous episode", run: () => move(-1) },
    { keys: ["Enter"], label: "Open", run: open },
    { keys: ["x"], label: "Select", run: toggle },
    { keys: ["a"], label: "Accept", run: () => void judge(targets, "accepted") },
    { keys: ["r"], label: "Reject", run: () => void judge(targets, "rejected") },
    { keys: ["u"], label: "Take the verdict back", run: () => void judge(targets, "new") },
    { keys: ["?"], label: "This help", run: () => setHelp((shown) => !shown) },
  ];
  useKeys(keys);

  return (
    <div className={classes.page}>
      <Group justify="space-between" gap="sm">
        <FilterBar
          filters={filters}
          tasks={tasks.data ?? []}
          operators={library.data?.pages[0]?.operators ?? []}
          onChange={(next) => {
            setCurrent(0);
            setFilters(next);
          }}
        />
        <Group gap="xs">
          {chosen.length > 0 && (
            <>
              <Text size="sm">{chosen.length} selected</Text>
              <Button size="xs" color="teal" onClick={() => void judge(chosen, "accepted")}>
                Accept
              </Button>
              <Button size="xs" color="red" variant="light" onClick={() => void judge(chosen, "rejected")}>
                Reject
              </Button>
            </>
          )}
          <Text size="sm" c="dimmed">
            {total} {total === 1 ? "episode" : "episodes"}
          </Text>
        </Group>
      </Group>
      {library.error && <EmptyState title="The library cannot be read" text={library.error.message} />}
      {library.data && total === 0 && (
        <EmptyState
          title={Object.keys(filters).length > 0 ? "No episode matches" : "No episodes yet"}
          text={
            Object.keys(filters).length > 0
              ? "Clear a filter to see more."
              : "Choose a task in the cockpit, record a take and save it: it appears here at once."
          }
        />
      )}
      {total > 0 && (
        <EpisodeList
          episodes={episodes}
          filters={filters}
          current={current}
          selected={selected}
          onSort={(column) => setFilters(nextSort(filters, column))}
          onSelect={select}
          onEnd={more}
        />
      )}
      <KeyHelp title="Keys of this page" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
