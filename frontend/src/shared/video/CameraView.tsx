import { type ReactNode, useEffect, useRef, useState } from "react";
import { connection } from "@/shared/live/live";
import { plainName } from "@/shared/ui/format";
import classes from "./CameraView.module.css";
import { watchFrames } from "./watchFrames";

const CHECK_MS = 250;
/** Without a new picture for this long, what is shown must not be mistaken for now. */
const STALE_MS = 1000;

interface CameraViewProps {
  camera: string;
  stream: MediaStream | undefined;
  /** Why there is no video at all; empty when there is. */
  problem: string;
  /** Takes the age of every picture when it is shown [ms]; cleared when the stream ends. */
  meter?: { push: (ageMs: number | null) => void; clear: () => void };
  children?: ReactNode;
}

const serverNowMs = (): number | null => connection.clock.serverMs(performance.now());

/** One camera, live; it says so when the picture is not of now. */
export function CameraView({ camera, stream, problem, meter, children }: CameraViewProps) {
  const ref = useRef<HTMLVideoElement>(null);
  const [stale, setStale] = useState(true);

  useEffect(() => {
    const video = ref.current;
    if (!video || !stream) return;
    video.srcObject = stream;
    let shownMs = -Infinity;
    const unwatch = watchFrames(video, serverNowMs, ({ ageMs }) => {
      shownMs = performance.now();
      meter?.push(ageMs);
    });
    const timer = window.setInterval(() => setStale(performance.now() - shownMs > STALE_MS), CHECK_MS);
    return () => {
      unwatch();
      window.clearInterval(timer);
      meter?.clear();
      video.srcObject = null;
    };
  }, [meter, stream]);

  const absent = !stream || stale;
  return (
    <figure className={classes.camera} data-camera={camera}>
      <video ref={ref} className={classes.video} autoPlay muted playsInline data-stale={absent || undefined} />
      <figcaption className={classes.name}>{plainName(camera)}</figcaption>
      {absent && (
        <div className={classes.absent}>
          <strong>No live picture</strong>
          <span>{problem || (stream ? "The picture has stopped." : "Connecting to the camera…")}</span>
        </div>
      )}
      {children}
    </figure>
  );
}
