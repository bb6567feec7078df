import { Button, Select, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { KeyBindings } from "@/shared/input/keyBindings";
import { keyLabel } from "@/shared/input/keyLabel";
import { sameContent, useLive } from "@/shared/live/live";
import { bytes, clockTime } from "@/shared/ui/format";
import { ReasonButton } from "@/shared/ui/ReasonButton";
import { type TakeAction, takeObstacle } from "./recording";
import classes from "./RecordBar.module.css";
import type { Takes } from "./useTakes";

const LOW_DISK_BYTES = 5e9;

interface Props {
  takes: Takes;
  keys: KeyBindings;
  /** Why the task cannot be changed now; empty when it can. */
  taskLocked?: string;
}

/** Choose a task, record, judge: usable by key while both hands drive. */
export function RecordBar({ takes, keys, taskLocked = "" }: Props) {
  const { tasks, task } = takes;
  const online = useLive(({ connection }) => connection.state === "open");
  const recorder = useLive(({ telemetry }) => {
    const status = telemetry?.recorder;
    // What changes at every sample is left out here and read by the timer alone.
    return status ? { ...status, t_ns: 0, elapsed_s: 0, countdown_s: 0, bytes_written: 0, disk_free_bytes: 0, streams: [] } : null;
  }, sameContent);
  const running = recorder?.phase === "recording" || recorder?.phase === "countdown";
  const shown = recorder?.instruction || tasks?.find(({ id }) => id === task)?.instruction;
  const why = (action: TakeAction) => takeObstacle(action, online, recorder, task);
  const main: TakeAction = running ? "stop" : "record";
  return (
    <section className={classes.bar} aria-label="Recording" data-phase={recorder?.phase ?? "absent"}>
      <ReasonButton
        className={classes.main}
        color="red.8"
        variant={running ? "filled" : "default"}
        leftSection={<span className={running ? classes.square : classes.dot} />}
        keyHint={keyLabel(keys.record)}
        hint={running ? "Ends the take; then save or discard it." : "Starts a take after a countdown of three seconds."}
        reason={why(main)}
        onClick={() => takes.act(main)}
      >
        {running ? "Stop" : "Record"}
      </ReasonButton>
      <Timer />
      <div className={classes.task}>
        {tasks?.length === 0 ? (
          <Button component={Link} to="/tasks" size="xs" variant="light">
            Make a task first
          </Button>
        ) : (
          <Select
            size="xs"
            className={classes.select}
            aria-label="Task"
            placeholder="Choose a task"
            disabled={running || recorder?.phase === "review" || taskLocked !== ""}
            title={taskLocked}
            data={(tasks ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={task || null}
            onChange={(id) => takes.chooseTask(id ?? "")}
            allowDeselect={false}
          />
        )}
        <Text className={classes.instruction} title={shown}>
          {shown ?? "The instruction of the task is shown here."}
        </Text>
      </div>
      <Disk warning={recorder?.warning ?? ""} />
      <div className={classes.actions}>
        <ReasonButton size="xs" variant={recorder?.phase === "review" ? "filled" : "default"} keyHint={keyLabel(keys.save)} hint="Keeps the take." reason={why("save")} onClick={() => takes.act("save")}>
          Save
        </ReasonButton>
        <ReasonButton size="xs" variant="default" keyHint={keyLabel(keys.redo)} hint="Discards the take and starts the next at once." reason={why("redo")} onClick={() => takes.act("redo")}>
          Redo
        </ReasonButton>
        <ReasonButton
          size="xs"
          className={classes.discard}
          variant={takes.confirming ? "filled" : "default"}
          color={takes.confirming ? "red.8" : undefined}
          keyHint={keyLabel(keys.discard)}
          hint="Marks the take as discarded. Press twice."
          reason={why("discard")}
          onClick={() => takes.act("discard")}
        >
          {takes.confirming ? "Sure?" : "Discard"}
        </ReasonButton>
      </div>
    </section>
  );
}

function Timer() {
  const text = useLive(({ telemetry }) => {
    const recorder = telemetry?.recorder;
    if (recorder?.phase === "countdown") return `in ${Math.ceil(recorder.countdown_s)} s`;
    return recorder ? clockTime(recorder.elapsed_s) : "–:––";
  });
  const label = useLive(({ telemetry }) => {
    const recorder = telemetry?.recorder;
    if (!recorder) return "NOT RECORDING";
    if (recorder.phase === "idle") return recorder.take > 0 ? `takes so far: ${recorder.take}` : "no take yet";
    return recorder.phase === "review" ? `take ${recorder.take}: keep?` : `take ${recorder.take}`;
  });
  return (
    <div className={classes.timer}>
      <span className={classes.time}>{text}</span>
      <span className={classes.take}>{label}</span>
    </div>
  );
}

function Disk({ warning }: { warning: string }) {
  const free = useLive(({ telemetry }) => (telemetry?.recorder ? bytes(Math.round(telemetry.recorder.disk_free_bytes / 1e8) * 1e8) : ""));
  const low = useLive(({ telemetry }) => (telemetry?.recorder?.disk_free_bytes ?? Infinity) < LOW_DISK_BYTES);
  return (
    <div className={classes.disk} data-warn={low || warning !== "" || undefined}>
      <Tooltip label={warning || "Room left for recordings on the server's disk."}>
        <span tabIndex={0}>{warning || (free && `${free} free`)}</span>
      </Tooltip>
    </div>
  );
}
