/** One attempt at a WebRTC connection that receives H.264 from the video process. */

const GATHER_TIMEOUT_MS = 2000;

export interface Answer {
  sdp: string;
  /** Cameras in the order of the answer's media sections. */
  cameras: string[];
}

export interface CameraStats {
  camera: string;
  kbitPerS: number;
  framesPerS: number;
  packetsLost: number;
  framesDropped: number;
  keyFrames: number;
}

interface Counters {
  atMs: number;
  bytes: number;
  frames: number;
}

/** Return H.264 with packetization mode 1, and retransmission; throws when the browser has no H.264. */
function h264Codecs(): RTCRtpCodec[] {
  const all = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const h264 = all.filter(
    (codec) => codec.mimeType === "video/H264" && /packetization-mode=1/.test(codec.sdpFmtpLine ?? ""),
  );
  if (h264.length === 0) throw new Error("this browser cannot decode H.264; use Chrome, Edge, Safari or Firefox");
  return [...h264, ...all.filter((codec) => codec.mimeType === "video/rtx")];
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve();
    peer.addEventListener("icegatheringstatechange", check);
    setTimeout(resolve, GATHER_TIMEOUT_MS);
    check();
  });
}

export class Peer {
  /** Streams by camera; they exist once `connect` has returned. */
  readonly streams = new Map<string, MediaStream>();
  private readonly connection: RTCPeerConnection;
  private readonly previous = new Map<string, Counters>();

  constructor(
    private readonly iceServers: RTCIceServer[],
    onState: (state: RTCPeerConnectionState) => void,
  ) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.addEventListener("connectionstatechange", () => onState(this.connection.connectionState));
  }

  /** Offer `sections` cameras and take the answer; throws with what went wrong. */
  async connect(sections: number, exchange: (sdp: string) => Promise<Answer>): Promise<void> {
    const codecs = h264Codecs();
    for (let i = 0; i < sections; i++) {
      this.connection.addTransceiver("video", { direction: "recvonly" }).setCodecPreferences(codecs);
    }
    await this.connection.setLocalDescription();
    // Without servers there is nothing worth waiting for: the browser finds the server, not the reverse.
    if (this.iceServers.length > 0) await gathered(this.connection);
    const answer = await exchange(this.connection.localDescription?.sdp ?? "");
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    const transceivers = this.connection.getTransceivers();
    answer.cameras.forEach((camera, i) => {
      const track = transceivers[i]?.receiver.track;
      if (track) this.streams.set(camera, new MediaStream([track]));
    });
  }

  /** Return what came in since the last call, per camera. */
  async stats(): Promise<CameraStats[]> {
    const report = await this.connection.getStats();
    const inbound = new Map<string, RTCInboundRtpStreamStats>();
    report.forEach((entry: RTCInboundRtpStreamStats) => {
      if (entry.type === "inbound-rtp") inbound.set(entry.trackIdentifier, entry);
    });
    const result: CameraStats[] = [];
    for (const [camera, stream] of this.streams) {
      const entry = inbound.get(stream.getVideoTracks()[0]?.id ?? "");
      if (!entry) continue;
      const now = { atMs: entry.timestamp, bytes: entry.bytesReceived ?? 0, frames: entry.framesDecoded ?? 0 };
      const before = this.previous.get(camera) ?? now;
      const seconds = Math.max(now.atMs - before.atMs, 1) / 1000;
      this.previous.set(camera, now);
      result.push({
        camera,
        kbitPerS: ((now.bytes - before.bytes) * 8) / 1000 / seconds,
        framesPerS: (now.frames - before.frames) / seconds,
        packetsLost: entry.packetsLost ?? 0,
        framesDropped: entry.framesDropped ?? 0,
        keyFrames: entry.keyFramesDecoded ?? 0,
      });
    }
    return result;
  }

  close(): void {
    this.connection.close();
  }
}
