"""A real headless Chromium that watches every camera of a running app."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]

WATCH = """
async (cameras) => {
  const socket = new WebSocket(`ws://${location.host}/api/ws`);
  await new Promise((resolve) => { socket.onopen = resolve; });
  const welcome = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "welcome") resolve(message);
    };
  });
  socket.send(JSON.stringify({ type: "hello", protocol: 1, name: "Viewer" }));
  const { client } = await welcome;
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const codecs = RTCRtpReceiver.getCapabilities("video").codecs.filter(
    (codec) => codec.mimeType === "video/H264" && /packetization-mode=1/.test(codec.sdpFmtpLine));
  for (const _ of cameras) {
    peer.addTransceiver("video", { direction: "recvonly" }).setCodecPreferences(codecs);
  }
  await peer.setLocalDescription();
  // Pictures come after the page: the video process may still be starting.
  const ask = () => fetch("/api/video/offer", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client, sdp: peer.localDescription.sdp, cameras }),
  });
  let response = await ask();
  for (let tries = 0; response.status === 503 && tries < 60; tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    response = await ask();
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.text);
  await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
  window.shown = Object.fromEntries(cameras.map((camera) => [camera, 0]));
  answer.cameras.forEach((camera, i) => {
    const video = document.createElement("video");
    const stream = new MediaStream([peer.getTransceivers()[i].receiver.track]);
    Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: stream });
    document.body.append(video);
    const count = () => { window.shown[camera] += 1; video.requestVideoFrameCallback(count); };
    video.requestVideoFrameCallback(count);
  });
}
"""


class Viewer:
    """A page that shows every camera."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def shown(self) -> dict[str, int]:
        """Return how many pictures of each camera have been shown so far."""
        return self._page.evaluate("window.shown")


@contextlib.contextmanager
def watching(url: str, cameras: list[str], timeout_s: float = 60.0) -> Iterator[Viewer]:
    """Open Chromium, and give the viewer when every camera shows pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page()
            page.goto(f"{url}/healthz")
            page.evaluate(WATCH, cameras)
            page.wait_for_function(
                "Object.values(window.shown).every((count) => count > 3)", timeout=timeout_s * 1000
            )
            yield Viewer(page)
        finally:
            browser.close()
