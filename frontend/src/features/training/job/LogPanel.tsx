import { Button, Group, Switch, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { bytes } from "@/shared/ui/format";
import { isOver, type Job } from "../model";
import classes from "./job.module.css";
import { useLog } from "./useLog";

const LINE_PX = 18;

/** The end of the log: follow it, or search it. */
export function LogPanel({ job }: { job: Job }) {
  const { view, problem, earlier } = useLog(job.id, !isOver(job));
  const [query, setQuery] = useState("");
  const [follow, setFollow] = useState(true);
  const host = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const wanted = query.toLowerCase();
    return wanted ? view.lines.filter((line) => line.toLowerCase().includes(wanted)) : view.lines;
  }, [view, query]);
  // The virtualizer holds its state outside React's rules; nothing here is memoised over it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => host.current, estimateSize: () => LINE_PX, overscan: 20 });
  useEffect(() => {
    if (follow && shown.length > 0) rows.scrollToIndex(shown.length - 1);
  }, [follow, rows, shown.length]);
  return (
    <section aria-label="Log">
      <Group mb="xs" gap="md">
        <h3 className={classes.heading}>Log</h3>
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder="Lines with"
          aria-label="Search the log"
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <Switch size="xs" label="Follow" checked={follow} onChange={({ currentTarget }) => setFollow(currentTarget.checked)} />
        <Text size="xs" c="dimmed" className="numeric">
          {query ? `${shown.length} of ${view.lines.length} lines` : `${view.lines.length} lines`}, {bytes(view.size)}
        </Text>
        {view.before > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => void earlier()}>
            Load {bytes(view.before)} before
          </Button>
        )}
        {problem && (
          <Text size="xs" c="var(--fault)">
            {problem}
          </Text>
        )}
      </Group>
      <div
        ref={host}
        className={classes.log}
        tabIndex={0}
        role="log"
        onWheel={({ deltaY }) => deltaY < 0 && setFollow(false)}
        onKeyDown={({ key }) => ["ArrowUp", "PageUp", "Home"].includes(key) && setFollow(false)}
      >
        {shown.length === 0 && (
          <Text size="xs" c="dimmed" p="xs">
            {query ? "No line has this." : "Nothing was printed yet."}
          </Text>
        )}
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <div key={index} className={classes.line} style={{ transform: `translateY(${start}px)` }}>
              {shown[index]}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}
