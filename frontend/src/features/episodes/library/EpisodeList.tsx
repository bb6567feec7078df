import { Checkbox, Group, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Episode, Sort } from "../model";
import { COLUMNS } from "./columns";
import { EpisodeRow } from "./EpisodeRow";
import type { Filters } from "./filters";
import classes from "./library.module.css";

const ROW_PX = 60;

interface Props {
  episodes: readonly Episode[];
  filters: Filters;
  current: number;
  selected: ReadonlySet<string>;
  onSort: (column: Sort) => void;
  onSelect: (ids: readonly string[], selected: boolean) => void;
  onEnd: () => void;
}

/** The list; only the rows in view are in the page, however many episodes there are. */
export function EpisodeList({ episodes, filters, current, selected, onSort, onSelect, onEnd }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: episodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= episodes.length - 1) onEnd();
  }, [last, episodes.length, onEnd]);
  useEffect(() => {
    if (episodes.length > 0) rows.scrollToIndex(current);
  }, [current, episodes.length, rows]);

  const all = episodes.length > 0 && episodes.every(({ id }) => selected.has(id));
  const column = filters.sort ?? "started_at";
  const Arrow = (filters.order ?? "desc") === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <div ref={scroller} className={classes.list} tabIndex={0} aria-label="Episodes">
      <div className={classes.header}>
        <Checkbox
          aria-label="Select all"
          checked={all}
          indeterminate={!all && selected.size > 0}
          onChange={({ currentTarget }) =>
            onSelect(
              episodes.map(({ id }) => id),
              currentTarget.checked,
            )
          }
        />
        {COLUMNS.map(({ label, sort }) =>
          sort ? (
            <UnstyledButton key={label} className={classes.heading} onClick={() => onSort(sort)}>
              <Group gap={4} wrap="nowrap">
                {label}
                {sort === column && <Arrow size={14} aria-label={filters.order ?? "desc"} />}
              </Group>
            </UnstyledButton>
          ) : (
            <span key={label} className={classes.heading}>
              {label}
            </span>
          ),
        )}
      </div>
      <div style={{ height: rows.getTotalSize(), position: "relative", minWidth: 1000 }}>
        {items.map(({ index, start }) => {
          const episode = episodes[index];
          return (
            episode && (
              <div key={episode.id} style={{ position: "absolute", top: start, left: 0, right: 0 }}>
                <EpisodeRow
                  episode={episode}
                  current={index === current}
                  selected={selected.has(episode.id)}
                  onSelect={(checked) => onSelect([episode.id], checked)}
                />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
