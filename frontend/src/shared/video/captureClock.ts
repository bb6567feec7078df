/**
 * Age of a picture from its RTP timestamp.
 *
 * The video process stamps RTP packets with the capture time: ticks of 90 kHz of the server's monotonic
 * clock, modulo 2^32 (`backend/video/rtp_clock.py`). Nothing has to be drawn into the picture.
 */

const TICKS_PER_MS = 90;
const MODULUS = 2 ** 32;

/**
 * Return how long ago a picture was captured [ms]; slightly negative when the clocks are off by more than that.
 *
 * @param rtpTimestamp `rtpTimestamp` of `requestVideoFrameCallback`'s metadata.
 * @param serverNowMs The server's monotonic time now [ms], as the caller estimates it.
 */
export function captureAgeMs(rtpTimestamp: number, serverNowMs: number): number {
  const age = (((serverNowMs * TICKS_PER_MS - rtpTimestamp) % MODULUS) + MODULUS) % MODULUS;
  return (age > MODULUS / 2 ? age - MODULUS : age) / TICKS_PER_MS;
}
