import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { framesQuery } from "../queries";
import { lastBefore } from "./frames";
import classes from "./player.module.css";
import type { PlaybackClock } from "./PlaybackClock";

/** Aim inside a frame, never at its edge, where decoders round either way. */
const INSIDE_S = 0.004;
/** While playing, a video further off than this is put right. */
const DRIFT_S = 0.06;

interface Props {
  episode: string;
  camera: string;
  clock: PlaybackClock;
}

/** One camera, slaved to the clock by the real capture time of every frame. */
export function VideoPane({ episode, camera, clock }: Props) {
  const frames = useQuery(framesQuery(episode, camera)).data;
  const video = useRef<HTMLVideoElement>(null);
  const label = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || !frames) return;
    const follow = () => {
      const index = lastBefore(frames.t_s, clock.time_s + 1e-6);
      const shown = frames.video_s[Math.max(index, 0)];
      const taken = frames.t_s[Math.max(index, 0)];
      if (shown === undefined || taken === undefined) return;
      const into_s = clock.playing ? Math.max(clock.time_s - taken, 0) : 0;
      const wanted_s = shown + INSIDE_S + Math.min(into_s, 0.2);
      const off_s = Math.abs(element.currentTime - wanted_s);
      element.playbackRate = clock.rate;
      if (clock.playing && index >= 0) {
        if (off_s > DRIFT_S * Math.max(clock.rate, 1)) element.currentTime = wanted_s;
        if (element.paused) void element.play().catch(() => undefined);
      } else {
        if (!element.paused) element.pause();
        if (off_s > 1e-3 && !element.seeking) element.currentTime = wanted_s;
      }
      const age_ms = Math.max(clock.time_s - taken, 0) * 1000;
      if (label.current) label.current.textContent = index < 0 ? "not yet" : `frame ${index + 1} · ${age_ms.toFixed(0)} ms old`;
    };
    follow();
    // A seek that came while another was under way is made up for when that one is done.
    element.addEventListener("seeked", follow);
    element.addEventListener("loadeddata", follow);
    const leave = clock.subscribe(follow);
    return () => {
      leave();
      element.removeEventListener("seeked", follow);
      element.removeEventListener("loadeddata", follow);
    };
  }, [clock, frames]);
  return (
    <figure className={classes.video}>
      <video
        ref={video}
        src={`/api/episodes/${episode}/video/${camera}`}
        muted
        playsInline
        preload="auto"
        aria-label={`${camera} camera`}
        data-camera={camera}
      />
      <figcaption className={classes.caption}>
        {camera.replaceAll("_", " ")} <span ref={label} className={classes.frame} />
      </figcaption>
    </figure>
  );
}
