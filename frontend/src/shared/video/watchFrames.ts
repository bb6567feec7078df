import { captureAgeMs } from "./captureClock";

/** One picture that the browser has shown. */
export interface ShownFrame {
  /** Time from its capture to the page seeing it shown [ms]; null without a clock or a stamp. */
  ageMs: number | null;
  width: number;
  height: number;
  /** Pictures shown since the element started; a jump of more than one is a picture that was not shown. */
  presented: number;
}

/**
 * Call `onFrame` with every picture that `video` shows, until the returned function is called.
 *
 * @param serverNowMs The server's monotonic time now [ms], or null while it is not known.
 */
export function watchFrames(
  video: HTMLVideoElement,
  serverNowMs: () => number | null,
  onFrame: (frame: ShownFrame) => void,
): () => void {
  let handle = 0;
  const onShown: VideoFrameRequestCallback = (_now, metadata) => {
    handle = video.requestVideoFrameCallback(onShown);
    const now = serverNowMs();
    const stamp = metadata.rtpTimestamp;
    onFrame({
      ageMs: now === null || stamp === undefined ? null : captureAgeMs(stamp, now),
      width: metadata.width,
      height: metadata.height,
      presented: metadata.presentedFrames,
    });
  };
  handle = video.requestVideoFrameCallback(onShown);
  return () => video.cancelVideoFrameCallback(handle);
}
