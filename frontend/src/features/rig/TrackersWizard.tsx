import { ActionIcon, Button, Group, Paper, Select, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useKeys } from "@/shared/input/useKeys";
import { sameContent, useClientId, useLive } from "@/shared/live/live";
import { sentence } from "@/shared/ui/format";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { headsetOf, missingRoles, type Role, ROLES, trackersOf, words, wornAt } from "./model";
import { MoveBars } from "./MoveBars";
import { useRigAction } from "./queries";
import classes from "./wizard.module.css";
import { TaskBox } from "./TaskBox";
import { useTask } from "./useTask";

/** Between one tracker and the next, to read what was found [ms]. */
const PAUSE_MS = 2_000;

/** Finds out who wears what: one tracker at a time is moved, and the rig says which one it was. */
export function TrackersWizard({ onWanted }: { onWanted: (role: Role | null) => void }) {
  const headset = useLive(({ telemetry }) => headsetOf(telemetry?.rig ?? null)?.source ?? "");
  const seen = useLive(({ telemetry }) => trackersOf(telemetry?.rig ?? null).map(({ name }) => name), sameContent);
  const worn = useLive(({ telemetry }) => Object.fromEntries(ROLES.map((role) => [role, wornAt(telemetry?.rig ?? null, role)?.name ?? ""])), sameContent);
  const missing = useLive(({ telemetry }) => missingRoles(telemetry?.rig ?? null), sameContent);
  const [queue, setQueue] = useState<Role[]>([]);
  const [wanted, setWanted] = useState<Role | null>(null);
  const [pausing, setPausing] = useState(false);
  const other = useRigAction(useClientId());
  const task = useTask("roles.", () => setPausing(queue.length > 0));
  const find = (role: Role, rest: Role[] = []) => {
    setQueue(rest);
    setWanted(role);
    setPausing(false);
    other.reset();
    task.ask({ kind: "find", role });
  };
  useEffect(() => {
    if (!pausing) return;
    const [next, ...rest] = queue;
    const timer = window.setTimeout(() => next && find(next, rest), PAUSE_MS);
    return () => window.clearTimeout(timer);
    // A pause belongs to the task that ended it, whatever is rendered meanwhile.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [pausing]);
  useEffect(() => {
    onWanted(wanted);
    return () => onWanted(null);
  }, [wanted, onWanted]);

  const failed = !task.busy && (task.refused !== "" || task.task?.phase === "failed");
  const order = missing.length > 0 ? missing : [...ROLES];
  const [first, ...rest] = failed && wanted ? [wanted, ...queue] : order;
  const reason = !headset ? "There is no headset in this rig" : task.busy || pausing ? "One is being looked for" : "";
  const start = () => !reason && first && find(first, rest);
  useKeys([{ keys: ["s"], label: "Start", run: start }]);
  const stop = () => {
    setQueue([]);
    setPausing(false);
    setWanted(null);
    task.forget();
  };
  const label = failed ? "Try again" : missing.length === 0 ? "Assign all again" : `Assign ${missing.length} tracker${missing.length > 1 ? "s" : ""}`;
  return (
    <Paper withBorder bg="var(--panel)" p="lg" component="section" aria-label="Assign trackers">
      <Stack gap="md">
        <div>
          <Title order={3} fz="lg">
            Who wears what
          </Title>
          <Text size="sm" c="dimmed">
            Put everything on. You are asked to move one tracker at a time, for four seconds, while all others keep still. It is kept by serial number,
            so this is done once per set of trackers.
          </Text>
        </div>
        <TaskBox task={task} idle={missing.length === 0 ? "All five trackers are assigned." : `Next: the ${words(missing[0] ?? "")}.`} />
        <Group gap="sm">
          <ReasonButton reason={reason} hint="Keep still until you are asked to move" keyHint="S" variant="filled" onClick={start} loading={task.busy && !task.task}>
            {label}
          </ReasonButton>
          {(task.busy || pausing || failed) && (
            <Button variant="default" onClick={stop}>
              Stop here
            </Button>
          )}
          {pausing && (
            <Text size="sm" c="dimmed">
              Next: the {words(queue[0] ?? "")}. Keep still.
            </Text>
          )}
        </Group>
        {task.busy && <MoveBars key={task.task?.number} />}
        <ul className={classes.roles}>
          {ROLES.map((role) => (
            <li key={role} className={classes.role} data-wanted={role === wanted || undefined}>
              <span className={classes.roleName}>{sentence(words(role))}</span>
              <Select
                size="xs"
                aria-label={`Tracker of the ${words(role)}`}
                placeholder="Nobody"
                data={[...new Set([...seen, worn[role] ?? ""])].filter(Boolean)}
                value={worn[role] || null}
                disabled={task.busy || !headset}
                allowDeselect={false}
                onChange={(serial) => serial && other.mutate({ kind: "assign", role, serial })}
              />
              <Button size="compact-sm" variant="default" disabled={reason !== ""} onClick={() => find(role)} aria-label={`Find the ${words(role)}`}>
                Find
              </Button>
              <Tooltip label={`Wear nothing at the ${words(role)}`}>
                <ActionIcon variant="subtle" color="gray" disabled={!worn[role] || task.busy} onClick={() => other.mutate({ kind: "clear", role })} aria-label={`Forget the ${words(role)}`}>
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
        {other.error && (
          <Text size="sm" c="var(--fault)" role="alert">
            {other.error.message}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
