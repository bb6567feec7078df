import { Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useKeys, type KeyBinding } from "@/shared/input/useKeys";
import { KeyHelp } from "@/shared/ui/KeyHelp";
import type { EpisodeDetail, Review } from "../model";
import { framesQuery, useReview } from "../queries";
import { Facts } from "./Facts";
import { stepTime } from "./frames";
import { PlaybackClock } from "./PlaybackClock";
import classes from "./player.module.css";
import { Plots } from "./Plots";
import { ReviewPanel } from "./ReviewPanel";
import { RobotPane } from "./RobotPane";
import { Timeline } from "./Timeline";
import { RATES, Transport } from "./Transport";
import { VideoPane } from "./VideoPane";

const route = getRouteApi("/episodes/$id");
const NUDGE_S = 1;

/** Cameras, 3D, plots and review of one episode around one clock. */
export function Player({ episode, start_s }: { episode: EpisodeDetail; start_s: number }) {
  const navigate = route.useNavigate();
  const [clock] = useState(() => {
    const made = new PlaybackClock(episode.length_s);
    made.seek(start_s);
    return made;
  });
  useEffect(() => () => clock.pause(), [clock]);
  useEffect(() => {
    let playing = clock.playing;
    // Pausing puts the moment into the URL, so that the link can be shared.
    return clock.subscribe(() => {
      if (playing && !clock.playing) void navigate({ search: { t: Number(clock.time_s.toFixed(3)) }, replace: true });
      playing = clock.playing;
    });
  }, [clock, navigate]);

  // Head, left, right: streams come in any order, the eye expects this one.
  const cameras = [...episode.cameras].sort((a, b) => a.name.localeCompare(b.name));
  const leading = cameras[0]?.name ?? "";
  const queries = useQueryClient();
  const review = useReview();
  const [rejecting, setRejecting] = useState(false);
  const [help, setHelp] = useState(false);
  const note = useRef<HTMLTextAreaElement>(null);

  // A step that is asked for before the table of frames is here is taken when it comes, never dropped.
  const step = async (count: number) => {
    clock.pause();
    if (!leading) return;
    const frames = await queries.ensureQueryData(framesQuery(episode.id, leading)).catch(() => null);
    if (frames) clock.seek(stepTime(frames.t_s, clock.time_s, count));
  };
  const change = (verdict: Partial<Omit<Review, "version">>) => review.mutate({ episode, change: verdict });
  const accept = () => change({ status: "accepted", reject_reason: "" });
  const undo = () => change({ status: "new", reject_reason: "" });
  const next = () => {
    if (episode.next_id) void navigate({ to: "/episodes/$id", params: { id: episode.next_id }, search: {} });
  };

  const keys: KeyBinding[] = [
    { keys: [" "], label: "Play or pause", run: () => clock.toggle() },
    { keys: ["ArrowRight"], label: "Forward one second", shift: true, run: () => clock.seek(clock.time_s + NUDGE_S) },
    { keys: ["ArrowLeft"], label: "Back one second", shift: true, run: () => clock.seek(clock.time_s - NUDGE_S) },
    { keys: ["ArrowRight", "."], label: "Forward one frame", run: () => void step(1) },
    { keys: ["ArrowLeft", ","], label: "Back one frame", run: () => void step(-1) },
    { keys: ["Home"], label: "To the start", run: () => clock.seek(0) },
    { keys: ["End"], label: "To the end", run: () => clock.seek(clock.duration_s) },
    ...RATES.map((rate, i) => ({ keys: [String(i + 1)], label: `Speed ${rate}×`, run: () => clock.setRate(rate) })),
    { keys: ["a"], label: "Accept", run: accept },
    { keys: ["r"], label: "Reject, then choose why", run: () => setRejecting(true) },
    { keys: ["u"], label: "Take the verdict back", run: undo },
    { keys: ["n"], label: "Write a note", run: () => note.current?.focus() },
    { keys: ["j", "ArrowDown"], label: "Next episode to review", run: next },
    { keys: ["?"], label: "This help", run: () => setHelp((shown) => !shown) },
  ];
  useKeys(keys);

  return (
    <>
      <div className={classes.stage}>
        <div className={classes.views}>
          {cameras.map(({ name }) => (
            <VideoPane key={name} episode={episode.id} camera={name} clock={clock} />
          ))}
          <RobotPane episode={episode.id} clock={clock} />
        </div>
        <Timeline episode={episode.id} clock={clock} events={episode.events} />
        <Group justify="space-between">
          <Transport clock={clock} onStep={(count) => void step(count)} />
        </Group>
        <Plots episode={episode.id} clock={clock} />
      </div>
      <aside className={classes.side}>
        <ReviewPanel
          episode={episode}
          error={review.error?.message ?? null}
          saving={review.isPending}
          rejecting={rejecting}
          noteRef={note}
          onRejecting={setRejecting}
          onAccept={accept}
          onReject={(reason) => {
            setRejecting(false);
            change({ status: "rejected", reject_reason: reason });
          }}
          onUndo={undo}
          onNote={(text) => change({ note: text })}
        />
        <Facts episode={episode} />
      </aside>
      <KeyHelp title="Keys of the player" keys={keys} opened={help} onClose={() => setHelp(false)} />
    </>
  );
}
