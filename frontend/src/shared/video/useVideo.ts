import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useLive } from "@/shared/live/live";
import { VideoClient, type VideoState } from "@/shared/video/VideoClient";

const CLOSED: VideoState = { phase: "closed", problem: "", streams: new Map() };
const never = () => () => undefined;

/**
 * Returns the live pictures of `cameras`, for as long as the component is shown.
 *
 * `client` is this page's id; while it is empty there is no video. `cameras` and `iceServers` must keep their identity.
 */
export function useVideo(client: string, cameras: string[], iceServers: string[]): VideoState {
  const video = useMemo(() => {
    if (client === "" || cameras.length === 0) return null;
    return new VideoClient({ client, cameras, iceServers: iceServers.map((urls) => ({ urls })) });
  }, [client, cameras, iceServers]);
  useEffect(() => {
    video?.connect();
    return () => video?.close();
  }, [video]);
  const startedNs = useLive(({ telemetry }) => telemetry?.processes.find(({ process }) => process === "video")?.started_ns);
  useEffect(() => {
    if (startedNs !== undefined) video?.processStarted(startedNs);
  }, [video, startedNs]);
  return useSyncExternalStore(video?.subscribe ?? never, () => video?.state ?? CLOSED);
}
